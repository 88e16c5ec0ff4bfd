"use strict";
// What the page answers the pointer and the keyboard with. Everything that can be read stands in the page without it. Texts of
// the user's enter the page as text alone, never as HTML.
{
// ---------------------------------------------------------------------------------------------------------- Elements and numbers

const data = JSON.parse(document.getElementById("data").textContent);

const filled = (made, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
};
const html = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);
const svg = (name, attributes = {}, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

const superscript = power => [...String(power)].map(digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit] ?? "⁻").join("");
const minus = text => text.replace("-", "−");
// A number in some significant digits: 0.0312, 12.3 k, 2.5·10⁻⁵.
const number = (value, digits = 4) => {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    const factor = String(Number(mantissa));
    return minus(factor === "1" ? "" : factor + "·") + "10" + superscript(Number(power));
  }
  const [unit, name] = [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e4, " k"]].find(([unit]) => size >= unit * 0.9999) ?? [1, ""];
  const divisor = unit === 1e4 ? 1e3 : unit;
  return minus(String(Number((value / divisor).toPrecision(digits)))) + name;
};
// Decimal places up to two significant digits of an uncertainty.
const places = uncertainty => uncertainty > 0 ? Math.min(Math.max(1 - Math.floor(Math.log10(uncertainty)), 0), 6) : 4;
const fixed = (value, digits) => minus(value.toFixed(digits));
const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = values => {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
};
const score = ([middle, spread], count) =>
  spread === undefined ? `${fixed(middle, 4)} (${count})` : `${fixed(middle, places(spread))} ± ${fixed(spread, places(spread))} (${count})`;

// ---------------------------------------------------------------------------------------------------------------------- Colours

const categories = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b87f00", "#56b4e9", "#444444", "#8c6d1f"];
const viridis = [[68, 1, 84], [65, 68, 135], [42, 120, 142], [34, 168, 132], [122, 209, 81], [253, 231, 37]];
const viridisAt = place => {
  const position = Math.min(Math.max(place, 0), 1) * (viridis.length - 1);
  const lower = Math.min(Math.floor(position), viridis.length - 2);
  const channels = viridis[lower].map((value, channel) => Math.round(value + (position - lower) * (viridis[lower + 1][channel] - value)));
  return `rgb(${channels.join(" ")})`;
};
// The best is dark and the worst light on either paper; on the dark one the scale begins where it stands out.
const heatStyle = place => `--light:${viridisAt(place)};--dark:${viridisAt(0.16 + 0.84 * place)}`;
const inkOn = place => place < 0.55 ? "#ffffff" : "#000000";

// ------------------------------------------------------------------------------------------------------------------------ Scales

const linearTicks = (low, high, count) => {
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(step => step >= rough * 0.999);
  const ticks = [];
  for (let place = Math.ceil(low / step - 1e-9); place * step <= high + step * 1e-9; place++) ticks.push(Number((place * step).toPrecision(12)));
  return ticks;
};
const logTicks = (low, high, count) => {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const every = (factors, stride = 1) => {
    const ticks = [];
    for (let power = first; power <= last; power += stride)
      for (const factor of factors) {
        const tick = Number((factor * 10 ** power).toPrecision(6));
        if (tick >= low * 0.9999 && tick <= high * 1.0001) ticks.push(tick);
      }
    return ticks;
  };
  const powers = every([1]);
  if (powers.length >= 3) return powers.length > count ? every([1], Math.ceil(powers.length / count)) : powers;
  const finer = every([1, 2, 5]);
  return finer.length >= 3 ? finer : linearTicks(low, high, count);
};
const scaleOf = (log, [low, high], [start, end]) => {
  const [map, back] = log ? [Math.log, Math.exp] : [value => value, value => value];
  const [a, b] = [map(low), map(high)];
  return {
    to: value => start + ((map(value) - a) / (b - a || 1)) * (end - start),
    from: place => back(a + ((place - start) / (end - start || 1)) * (b - a)),
  };
};
// How wide a text in a chart is, and what of it has room.
const ruler = document.createElement("canvas").getContext("2d");
ruler.font = `12.5px ${getComputedStyle(document.body).fontFamily}`;
const widthOf = text => ruler.measureText(text).width;
const widest = texts => Math.max(0, ...texts.map(widthOf));
const cutTo = (text, room) => {
  if (widthOf(text) <= room) return text;
  let length = text.length - 1;
  while (length > 1 && widthOf(text.slice(0, length) + "…") > room) length--;
  return text.slice(0, length) + "…";
};

// -------------------------------------------------------------------------------------------------------------------------- Plot

const plots = [];
let clips = 0;

// A chart that is drawn as SVG at the width of its place: values at the pointer, series by their legend, zoom, and keys.
//
// A series has a style, a label, a colour and lines of points; a point has x and y, may have low and high, and may name its
// configuration, its run and a text.
class Plot {
  constructor(host, { height = 0, name }) {
    Object.assign(this, { host, fixedHeight: height, name, hidden: new Set(), zoom: null, current: null, chart: null, ghost: null });
    this.box = html("div", { class: "plot" });
    this.tip = html("div", { class: "tip", role: "status", hidden: true });
    this.legend = html("ul", { class: "legend" });
    this.reset = html("button", { type: "button", class: "reset", hidden: true, click: () => this.zoomTo(null) }, "reset zoom");
    this.box.append(this.reset, this.tip);
    // The links to the files stand below.
    host.insertBefore(this.box, host.querySelector(".files"));
    this.box.after(this.legend);
    plots.push(this);
    this.width = 0;
    new ResizeObserver(() => {
      if (this.chart && Math.abs(this.box.clientWidth - this.width) > 1) this.draw();
    }).observe(this.box);
  }

  set(chart) {
    this.chart = chart;
    this.zoom = null;
    this.current = null;
    this.draw();
  }

  zoomTo(zoom) {
    this.zoom = zoom;
    this.draw();
  }

  shown() {
    // What belongs to a curve is hidden with it.
    const series = this.chart.series.filter(series => !this.hidden.has(series.label ?? series.owner));
    return this.ghost ? [...series, this.ghost] : series;
  }

  // The ends of an axis: those of the zoom, of the chart, or of the data.
  range(axis, series) {
    const { log, range } = this.chart[axis];
    let [low, high] = [Infinity, -Infinity];
    if (this.zoom) [low, high] = this.zoom[axis];
    else if (range) [low, high] = range;
    if (!(low < high) || (log && low <= 0)) {
      const ends = axis === "y" ? ["y", "low", "high"] : ["x", ...(series.some(one => one.style === "interval") ? ["low", "high"] : [])];
      let [least, greatest] = [Infinity, -Infinity];
      for (const one of series)
        for (const line of one.lines)
          for (const point of line)
            for (const end of axis === "y" && one.style === "interval" ? ["y"] : ends) {
              const value = point[end];
              if (value === undefined || !Number.isFinite(value) || (log && value <= 0)) continue;
              least = Math.min(least, value);
              greatest = Math.max(greatest, value);
            }
      if (!(least <= greatest)) [least, greatest] = log ? [1, 10] : [0, 1];
      if (range && high > least && range[1] < Infinity) greatest = Math.min(greatest, range[1]);
      const space = log ? Math.max(greatest / least, 1.1) ** 0.05 : (greatest - least || Math.abs(greatest) * 0.1 || 1) * 0.05;
      [low, high] = log ? [least / space, greatest * space] : [least - space, greatest + space];
    }
    return [low, high];
  }

  draw() {
    const width = this.width = this.box.clientWidth;
    if (!width || !this.chart) return;
    const { x, y } = this.chart;
    const series = this.shown();
    const height = Math.round(this.fixedHeight ? Math.min(this.fixedHeight, 900) : Math.min(Math.max(width * 0.62, 250), 440));
    const [xRange, yRange] = [this.range("x", this.chart.series), this.range("y", this.chart.series)];
    const yTicks = this.ticks(y, yRange, Math.max(3, Math.floor(height / 55)));
    const cut = label => cutTo(label, width * 0.42);
    const between = this.ticks(x, xRange, Math.max(2, Math.floor(width / 90)));
    const ends = between.length ? [between[0], between.at(-1)].map(tick => widthOf(tick.label) / 2 + 2) : [0, 0];
    const left = Math.max(10 + Math.max(20, widest(yTicks.map(tick => cut(tick.label)))), Math.min(ends[0], width * 0.2));
    const [right, top, bottom] = [width - Math.max(14, Math.min(ends[1], width * 0.2)), y.label ? 28 : 12, height - 44];
    const [xs, ys] = [scaleOf(x.log, xRange, [left, right]), scaleOf(y.log, yRange, [bottom, top])];
    const xTicks = this.fitted(between, xs);
    const clip = `clip-${clips++}`;
    const root = svg("svg", {
      viewBox: `0 0 ${width} ${height}`, width, height, tabindex: 0, role: "img",
      "aria-label": `${this.name}: ${y.label || "rows"} against ${x.label}. Arrow keys go from value to value, Enter opens the run, plus and minus zoom, Escape leaves.`,
    });
    root.append(svg("clipPath", { id: clip }, svg("rect", { x: left, y: top - 6, width: right - left, height: bottom - top + 12 })));
    const grid = svg("g", { class: "axes" });
    for (const tick of yTicks) {
      const at = ys.to(tick.value);
      if (!this.chart.rows) grid.append(svg("line", { class: "rule", x1: left, x2: right, y1: at, y2: at }));
      grid.append(svg("text", { x: left - 6, y: at, dy: ".35em", "text-anchor": "end" }, cut(tick.label), svg("title", {}, tick.label)));
    }
    for (const tick of xTicks) {
      const at = xs.to(tick.value);
      if (this.chart.rows) grid.append(svg("line", { class: "rule", x1: at, x2: at, y1: top, y2: bottom }));
      grid.append(svg("line", { class: "tick", x1: at, x2: at, y1: bottom, y2: bottom + 4 }));
      grid.append(svg("text", { x: at, y: bottom + 17, "text-anchor": "middle" }, tick.label));
    }
    grid.append(svg("line", { class: "tick", x1: left, x2: right, y1: bottom, y2: bottom }));
    const long = label => cutTo(label, width - 24);
    grid.append(svg("text", { class: "label", x: right, y: height - 6, "text-anchor": "end" }, long(x.label), svg("title", {}, x.label)));
    grid.append(svg("text", { class: "label", x: 2, y: 12 }, long(y.label), svg("title", {}, y.label)));
    const body = svg("g", { "clip-path": `url(#${clip})` });
    this.marks = [];
    for (const one of series) body.append(this.group(one, xs, ys, bottom));
    this.cursor = svg("circle", { class: "cursor", r: 7, visibility: "hidden" });
    this.frame = svg("rect", { class: "zoom", visibility: "hidden" });
    root.append(grid, body, this.cursor, this.frame);
    Object.assign(this, { root, xs, ys, left, right, top, bottom });
    const hadFocus = this.box.contains(document.activeElement) && document.activeElement !== this.reset;
    this.box.querySelector("svg")?.remove();
    this.box.prepend(root);
    this.listen(root);
    if (hadFocus) root.focus({ preventScroll: true });
    this.reset.hidden = !this.zoom;
    this.drawLegend();
    this.tip.hidden = true;
    if (highlighted !== null) this.highlight(highlighted);
  }

  ticks(axis, [low, high], count) {
    const inside = (axis.ticks ?? []).filter(({ value }) => value >= low && value <= high);
    if (inside.length > 1 || (axis.ticks && (!this.zoom || axis.fixed))) return inside;
    const values = axis.log ? logTicks(low, high, count) : linearTicks(low, high, count);
    const digits = Math.min(Math.max(3, Math.ceil(-Math.log10((high - low) / Math.max(Math.abs(high), Math.abs(low), 1e-300))) + 2), 9);
    return values.map(value => ({ value, label: number(value, digits) }));
  }

  // As many labels as have room beside each other.
  fitted(ticks, scale) {
    for (let stride = 1; ; stride++) {
      const kept = ticks.filter((_, place) => place % stride === 0);
      const room = kept.every((tick, place) => place === 0 ||
        scale.to(tick.value) - scale.to(kept[place - 1].value) > (widthOf(tick.label) + widthOf(kept[place - 1].label)) / 2 + 8);
      if (room || kept.length < 2) return kept;
    }
  }

  group(series, xs, ys, bottom) {
    const group = svg("g", { class: `series ${series.style}`, style: `--c:${series.color ?? "var(--faint)"}` });
    if (series.configuration !== undefined) group.dataset.configuration = series.configuration;
    const at = point => [xs.to(point.x), ys.to(point.y)];
    const isLine = ["line", "raw", "trace", "envelope", "curve", "floor", "training"].includes(series.style);
    for (const line of series.lines) {
      const points = line.filter(point => Number.isFinite(point.y) && (!this.chart.x.log || point.x > 0) && (!this.chart.y.log || point.y > 0));
      if (series.style === "band") {
        const upper = points.map(point => `${xs.to(point.x).toFixed(1)},${ys.to(point.high).toFixed(1)}`);
        const lower = points.map(point => `${xs.to(point.x).toFixed(1)},${ys.to(point.low).toFixed(1)}`).reverse();
        group.append(svg("polygon", { points: [...upper, ...lower].join(" ") }));
        continue;
      }
      if (isLine) group.append(svg("polyline", { points: points.map(point => at(point).map(place => place.toFixed(1)).join(",")).join(" ") }));
      const isMarked = !isLine || (series.style === "curve" && points.length <= 40) || points.length === 1;
      for (const point of points) {
        const [px, py] = at(point);
        if (series.style !== "floor") this.marks.push({ px, py, point, series });
        if (!isMarked) continue;
        if (series.style === "bar") {
          const thick = Math.abs(ys.to(0.68) - ys.to(0));
          const zero = xs.to(Math.max(0, 0));
          group.append(svg("rect", { x: Math.min(zero, px), y: py - thick / 2, width: Math.max(Math.abs(px - zero), 1), height: thick }));
        } else if (series.style === "edge") {
          group.append(svg("path", { d: `M${px} ${py - 5}l5 9h-10z` }));
        } else if (series.style === "interval") {
          const [from, to] = [xs.to(point.low), xs.to(point.high)];
          group.append(svg("path", { d: `M${from} ${py}H${to}M${from} ${py - 4}v8M${to} ${py - 4}v8` }));
        } else {
          if (point.low !== undefined) {
            const [low, high] = [ys.to(point.low), ys.to(Math.min(point.high, this.range("y", this.chart.series)[1]))];
            group.append(svg("path", { class: "spread", d: `M${px} ${low}V${high}M${px - 4} ${low}h8M${px - 4} ${high}h8` }));
          }
          group.append(svg("circle", { cx: px, cy: py, r: { ring: 8, marks: 2.5, dots: 4.5, seed: 2.5 }[series.style] ?? 3.5 }));
        }
      }
    }
    return group;
  }

  drawLegend() {
    const entries = this.chart.series.filter(series => series.label);
    const focused = [...this.legend.children].findIndex(item => item.contains(document.activeElement));
    this.legend.replaceChildren(...(entries.length > 1 || entries.some(series => !series.lines.length) ? entries : []).map(series => {
      const isOn = !this.hidden.has(series.label);
      const mark = html("span", { class: `key ${series.style}`, style: `--c:${series.color ?? "var(--faint)"}` });
      if (!series.lines.length) return html("li", {}, html("span", { class: "entry" }, mark, series.label));
      const enter = () => series.configuration !== undefined && highlight(series.configuration);
      const leave = () => highlight(null);
      return html("li", {}, html("button", {
        type: "button", class: "entry", "aria-pressed": String(isOn), title: "Shows or hides it; a double click shows it alone.",
        click: () => { isOn ? this.hidden.add(series.label) : this.hidden.delete(series.label); this.draw(); },
        dblclick: () => { this.hidden = new Set(entries.map(entry => entry.label).filter(label => label !== series.label)); this.draw(); },
        mouseenter: enter, mouseleave: leave, focus: enter, blur: leave,
      }, mark, series.label));
    }));
    if (focused >= 0) this.legend.children[focused]?.querySelector("button")?.focus({ preventScroll: true });
  }

  // Pointer and keys.
  listen(root) {
    const place = event => {
      const box = root.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    let start = null;
    let known = null;
    root.addEventListener("pointerdown", event => {
      if (event.button) return;
      start = place(event);
      known = this.current;
      if (event.pointerType === "mouse") root.setPointerCapture(event.pointerId);
    });
    root.addEventListener("pointermove", event => {
      const [px, py] = place(event);
      const drag = start && this.dragged(start, [px, py], event.pointerType !== "mouse");
      if (drag) {
        for (const [name, value] of Object.entries(drag)) this.frame.setAttribute(name, value);
        this.frame.setAttribute("visibility", "visible");
        this.point(null);
      } else if (!start) this.point(this.nearest(px, py));
    });
    root.addEventListener("pointerup", event => {
      if (!start) return;
      const [px, py] = place(event);
      const drag = this.dragged(start, [px, py], event.pointerType !== "mouse");
      start = null;
      this.frame.setAttribute("visibility", "hidden");
      if (drag) {
        const { x, y, width, height } = drag;
        return this.zoomTo({
          x: [this.xs.from(x), this.xs.from(x + width)], y: [this.ys.from(y + height), this.ys.from(y)],
        });
      }
      const nearest = this.nearest(px, py);
      this.point(nearest);
      // A finger's first touch shows the value, and the second opens the run.
      if (nearest && (event.pointerType === "mouse" || (known && known.point === nearest.point))) this.open(nearest);
    });
    root.addEventListener("pointercancel", () => { start = null; this.frame.setAttribute("visibility", "hidden"); });
    root.addEventListener("pointerleave", event => { if (!start && event.pointerType === "mouse") this.point(null); });
    root.addEventListener("dblclick", () => this.zoom && this.zoomTo(null));
    root.addEventListener("blur", () => this.point(null));
    root.addEventListener("keydown", event => this.key(event));
  }

  // The rectangle between two places of the pointer, over the whole height or width where it is drawn flat; null for a click.
  dragged([ax, ay], [bx, by], isTouch) {
    let [x, y, width, height] = [Math.min(ax, bx), Math.min(ay, by), Math.abs(ax - bx), Math.abs(ay - by)];
    if (Math.max(width, height) < 8 || (isTouch && width < 16)) return null;
    if (height < 14 || isTouch || this.chart.rows) [y, height] = [this.top, this.bottom - this.top];
    else if (width < 14) [x, width] = [this.left, this.right - this.left];
    const [right, bottom] = [Math.min(x + width, this.right), Math.min(y + height, this.bottom)];
    [x, y] = [Math.max(x, this.left), Math.max(y, this.top)];
    return right - x > 3 && bottom - y > 3 ? { x, y, width: right - x, height: bottom - y } : null;
  }

  nearest(px, py) {
    let [best, least] = [null, 36 ** 2];
    for (const mark of this.marks) {
      if (mark.px < this.left - 8 || mark.px > this.right + 8 || mark.py < this.top - 8 || mark.py > this.bottom + 8) continue;
      const distance = (mark.px - px) ** 2 + (mark.py - py) ** 2;
      if (distance < least) [best, least] = [mark, distance];
    }
    return best;
  }

  // Shows the value of a mark, and its configuration everywhere.
  point(mark) {
    this.current = mark;
    const configuration = mark?.point.configuration ?? mark?.series.configuration ?? null;
    highlight(configuration, this);
    this.cursor.setAttribute("visibility", mark ? "visible" : "hidden");
    this.tip.hidden = !mark;
    if (!mark) return;
    this.cursor.setAttribute("cx", mark.px);
    this.cursor.setAttribute("cy", mark.py);
    this.tip.replaceChildren(...this.words(mark).map((line, place) => html(place ? "div" : "strong", {}, line)));
    const width = this.tip.offsetWidth;
    this.tip.style.left = `${Math.max(0, Math.min(mark.px + 14, this.width - width - 2))}px`;
    const above = mark.py - this.tip.offsetHeight - 12;
    this.tip.style.top = `${above > 0 ? above : mark.py + 16}px`;
  }

  words({ point, series }) {
    const { x, y } = this.chart;
    const axis = (axis, value) => `${axis.name ?? axis.label}: ${axis.ticks?.find(tick => tick.value === Math.round(value) && axis.fixed)?.label ?? number(value, 5)}`;
    const lines = [point.title ?? series.title ?? series.label ?? this.name];
    if (!point.text) lines.push(axis(x, point.x), ...(y.label || y.fixed ? [axis(y, point.y)] : []));
    if (this.chart.rows && point.low !== undefined) lines.push(`${number(point.low, 5)} to ${number(point.high, 5)}`);
    return [...lines.filter(Boolean), ...(point.text ?? [])];
  }

  open({ point, series }) {
    const configuration = point.configuration ?? series.configuration;
    if (point.run !== undefined) openRun(point.run);
    else if (configuration !== undefined) openConfiguration(configuration);
  }

  key(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };
    const zoomed = factor => {
      const zoom = {};
      for (const [axis, scale, ends] of [["x", this.xs, [this.left, this.right]], ["y", this.ys, [this.bottom, this.top]]]) {
        const middle = this.current ? (axis === "x" ? this.current.px : this.current.py) : (ends[0] + ends[1]) / 2;
        zoom[axis] = ends.map(end => scale.from(middle + (end - middle) * factor));
      }
      this.zoomTo(zoom);
      this.root.focus({ preventScroll: true });
    };
    if (event.key in steps && this.marks.length) {
      const shown = [...new Set(this.marks.map(mark => mark.series))];
      const own = this.current?.series ?? shown[0];
      const along = this.marks.filter(mark => mark.series === own).sort((a, b) => a.px - b.px || a.py - b.py);
      const place = along.indexOf(along.find(mark => mark.point === this.current?.point));
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        this.point(along[Math.min(Math.max(place + steps[event.key], 0), along.length - 1)]);
      } else {
        const next = shown[(shown.indexOf(own) + steps[event.key] + shown.length) % shown.length];
        const marks = this.marks.filter(mark => mark.series === next);
        const from = this.current?.px ?? this.left;
        this.point(marks.reduce((best, mark) => Math.abs(mark.px - from) < Math.abs(best.px - from) ? mark : best));
      }
    } else if (event.key === "Enter" && this.current) this.open(this.current);
    else if (event.key === "+" || event.key === "=") zoomed(0.6);
    else if (event.key === "-") zoomed(1 / 0.6);
    else if (event.key === "Escape" && (this.current || this.zoom)) this.current ? this.point(null) : this.zoomTo(null);
    else return;
    event.preventDefault();
  }

  // Brings a configuration out, and lets the others step back.
  highlight(configuration) {
    if (!this.root) return;
    const own = configuration === null ? [] : this.marks.filter(mark => (mark.point.configuration ?? mark.series.configuration) === configuration);
    const groups = [...this.root.querySelectorAll(".series")];
    const isByLine = groups.some(group => "configuration" in group.dataset);
    this.root.classList.toggle("dim", isByLine && own.length > 0);
    for (const group of groups) group.classList.toggle("on", group.dataset.configuration === String(configuration));
    if (this.current) return;
    const mark = isByLine ? null : own[0];
    this.cursor.setAttribute("visibility", mark ? "visible" : "hidden");
    if (mark) { this.cursor.setAttribute("cx", mark.px); this.cursor.setAttribute("cy", mark.py); }
  }
}

// ---------------------------------------------------------------------------------------- What all parts of the page share

const configurations = data?.configurations ?? [];
const runsOf = configuration => configurations[configuration].runs.map(place => data.runs[place]);
let kept = configurations.map(() => true);
let highlighted = null;
const rows = [];
const updates = [];
const controls = new Map();

// One configuration is brought out in the table and in every chart.
const highlight = (configuration, from) => {
  if (configuration === highlighted) return;
  highlighted = configuration;
  rows.forEach((row, place) => row.classList.toggle("on", place === configuration));
  if (configuration !== null && from) {
    const [row, box] = [rows[configuration], rows[configuration]?.closest(".scroll")];
    if (row && box && !row.hidden) {
      const [a, b] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
      if (a.top < b.top + 30 || a.bottom > b.bottom) box.scrollTop += a.top - b.top - b.height / 2;
    }
  }
  for (const plot of plots) {
    if (plot !== from) plot.onHighlight?.(configuration);
    plot.highlight(configuration);
  }
};

// A control is known by its name, so that a page that loads itself anew has it as it was.
const control = (name, made) => { controls.set(name, made); return made; };
const select = (name, label, options, change) => {
  const made = html("select", { change }, ...options.map(([value, text]) => html("option", { value }, text)));
  return [html("label", {}, label + " ", control(name, made)), made];
};
const check = (name, label, isOn, change) => {
  const made = html("input", { type: "checkbox", checked: isOn, change });
  return [html("label", {}, control(name, made), " " + label), made];
};
const replaceStatic = host => {
  host.classList.add("drawn");
  host.closest("section").hidden = false;
};
const isLogarithmic = values => values.every(value => value > 0) && Math.max(...values) >= 8 * Math.min(...values);
// The configurations among some that are best first, as all are.
const colorAt = configuration => data.color === undefined || data.color === null ? categories[0] : data.colors[configurations[configuration].at[data.color]];

// A range as charts of losses have it: what lies above the untrained model is "worse than nothing".
const lossRange = values => {
  if (!values.length) return undefined;
  const least = Math.min(...values);
  const top = Math.max(Math.min(Math.max(...values), data.untrained), least);
  // A floor far below would flatten everything.
  const bottom = data.floor !== undefined && data.floor <= least && least - data.floor <= 0.35 * (top - least) ? data.floor : least;
  const space = top > bottom ? top - bottom : Math.abs(top) * 0.1 || 0.1;
  return [Math.max(0, bottom - 0.06 * space), top + 0.1 * space];
};

// ------------------------------------------------------------------------------------------- The figure of the first screen

const resultsView = host => {
  const axes = data.axes;
  const plot = new Plot(host, { name: data.measure.phrase });
  const lr = axes.findIndex(axis => axis.name === "lr");
  const first = lr >= 0 ? lr : axes.findIndex((_, place) => place !== data.color) >= 0 && axes.length > 1 ? axes.findIndex((_, place) => place !== data.color) : 0;
  const [acrossLabel, across] = select("results-across", "across", axes.map((axis, place) => [place, axis.name]), () => draw(true));
  across.value = first;
  const [logXLabel, logX] = check("results-log-x", "log x", false, () => draw());
  const [logYLabel, logY] = check("results-log-y", "log y", false, () => draw());
  const [seedsLabel, seeds] = check("results-seeds", "seeds", true, () => draw());
  host.prepend(html("div", { class: "controls" }, acrossLabel, logXLabel, logYLabel, seedsLabel));
  const draw = isNew => {
    const place = Number(across.value);
    const axis = axes[place];
    if (isNew) logX.checked = axis.values !== undefined && isLogarithmic(axis.values);
    logX.disabled = axis.values === undefined || axis.values.some(value => value <= 0);
    const isNumeric = axis.values !== undefined;
    const others = axes.length - 1;
    const colored = data.color !== null && data.color !== undefined && data.color !== place ? data.color : axes.findIndex((_, other) => other !== place);
    const groups = colored >= 0 ? axes[colored].labels.map((label, value) => ({ label, value })) : [{ label: data.measure.phrase, value: null }];
    const scores = [];
    const series = [];
    const shown = groups.flatMap(({ label, value }) => {
      const cells = axis.labels.map((_, x) => configurations.map((_, place) => place).filter(configuration =>
        kept[configuration] && configurations[configuration].at[place] === x && (value === null || configurations[configuration].at[colored] === value)));
      return cells.some(cell => cell.length) ? [{ label, value, cells }] : [];
    });
    shown.forEach(({ label, value, cells }, order) => {
      const color = value === null ? categories[0] : colored === data.color ? data.colors[value] : categories[value % categories.length];
      const shift = isNumeric ? 0 : (order - (shown.length - 1) / 2) * Math.min(0.12, 0.7 / shown.length);
      const at = x => isNumeric ? axis.values[x] : x + shift;
      const [means, marks, edges] = [[], [], []];
      cells.forEach((cell, x) => {
        const best = cell.find(configuration => configurations[configuration].score);
        const shownAt = best ?? cell[0];
        if (shownAt === undefined) return;
        const { score: values, label: title } = configurations[shownAt];
        const runs = runsOf(shownAt);
        const diverged = runs.filter(run => run.state === "diverged").length;
        const text = [
          values ? `${data.measure.phrase}: ${score(values, runs.filter(run => run.score !== undefined).length)} ${data.measure.short}` : `no result`,
          ...(diverged ? [`${diverged} of ${runs.length} runs diverged`] : []),
          ...(cell.length > 1 ? [`the best of ${cell.length} configurations there`] : []),
        ];
        if (values) {
          scores.push(...runs.flatMap(run => run.score === undefined ? [] : [run.score]));
          means.push({ x: at(x), y: values[0], low: values[0] - (values[1] ?? 0), high: values[0] + (values[1] ?? 0), configuration: shownAt, title, text });
          if (values[1] === undefined) { delete means.at(-1).low; delete means.at(-1).high; }
          for (const run of runs) if (run.score !== undefined && runs.length > 1)
            marks.push({ x: at(x), y: run.score, configuration: shownAt, run: data.runs.indexOf(run), title, text: [`seed ${run.seed}: ${fixed(run.score, 4)} ${data.measure.short}`] });
        }
        if (diverged) edges.push({ x: at(x), y: null, configuration: shownAt, title, text });
      });
      if (!means.length && !edges.length) return;
      series.push({ style: isNumeric ? "curve" : "mean", label, color, lines: [means] });
      if (seeds.checked) series.push({ style: "seed", color, owner: label, lines: [marks] });
      if (edges.length) series.push({ style: "edge", color, owner: label, lines: [edges] });
    });
    const range = lossRange(scores);
    let row = 0;
    for (const one of series.filter(one => one.style === "edge")) {
      const [low, high] = range ?? [0, 1];
      for (const point of one.lines[0]) point.y = logY.checked ? high * (low / high) ** (0.02 * (row + 0.6)) : high - 0.022 * (high - low) * (row + 0.6);
      row++;
    }
    const ticks = isNumeric ? axis.values.map((value, place) => ({ value, label: axis.ticks[place] })) : axis.ticks.map((label, value) => ({ value, label }));
    const space = isNumeric ? null : [-0.6, axis.labels.length - 0.4];
    if (row) series.push({ style: "edge", label: "a seed diverged", lines: [] });
    if (data.floor !== undefined && range && data.floor > range[0]) {
      const ends = space ?? [Math.min(...axis.values) / 1.3, Math.max(...axis.values) * 1.3];
      series.push({ style: "floor", label: "floor of the text", lines: [ends.map(x => ({ x, y: data.floor }))] });
    }
    const spread = isNumeric && axis.values.length > 1 ? axis.values : null;
    const xRange = space ?? (spread ? logX.checked
      ? [Math.min(...spread) / 1.3, Math.max(...spread) * 1.3]
      : [Math.min(...spread), Math.max(...spread)].map((end, place, ends) => end + (place ? 0.05 : -0.05) * (ends[1] - ends[0])) : undefined);
    plot.set({
      x: { label: axis.name, log: isNumeric && logX.checked && !logX.disabled, range: xRange, ticks, fixed: !isNumeric },
      y: { label: `${data.measure.phrase} (${data.measure.unit})`, log: logY.checked, range },
      series,
    });
    const lowest = configurations.findIndex((_, place) => kept[place] && configurations[place].score);
    caption.textContent = lowest < 0 ? "" : `Lowest: ${configurations[lowest].label}, ${score(configurations[lowest].score, runsOf(lowest).filter(run => run.score !== undefined).length)} ${data.measure.unit}`;
    note.textContent = (others > (colored >= 0 ? 1 : 0) ? "Each point is the best over all other axes. " : "")
      + "Marks: means over the finished seeds. Drag to zoom; click a mark to open its runs.";
  };
  const [caption, note] = [html("figcaption"), html("p", { class: "note" })];
  host.prepend(caption);
  plot.legend.after(note);
  replaceStatic(host);
  updates.push(() => draw());
  draw(true);
};

// ------------------------------------------------------------------------------------------------------------------------ Curves

const tokensPerStep = configuration => {
  const setting = key => Number(configurations[configuration].own[key] ?? data.common[key]);
  return setting("batch_size") * setting("context_length");
};
// A run's points of one kind: its steps with what was measured at them.
const measured = (run, kind) => {
  const curve = kind === "validation" ? run.evaluations : run.curve;
  if (!curve) return [];
  const values = { validation: curve.loss, training: curve.loss, lr: data.rates[curve.rates], norm: curve.norm }[kind];
  return data.grids[curve.grid].map((step, place) => ({ step, value: values[place], seconds: curve.seconds[place] }));
};
// Runs' means at the steps that they share.
const averaged = runs => {
  const steps = new Map();
  for (const points of runs) for (const { step, value, seconds } of points) {
    if (value === null) continue;
    const all = steps.get(step) ?? { values: 0, seconds: 0, count: 0 };
    steps.set(step, { values: all.values + value, seconds: all.seconds + seconds, count: all.count + 1 });
  }
  return [...steps].sort(([a], [b]) => a - b).map(([step, all]) => ({ step, value: all.values / all.count, seconds: all.seconds / all.count }));
};
// An exponential moving average over a part of the curve, corrected for its beginning as Adam's moments are.
const smoothed = (points, part) => {
  if (!part) return points;
  const keep = 1 - 1 / Math.max(1, part * points.length);
  let [sum, weight] = [0, 0];
  return points.map(point => {
    [sum, weight] = [keep * sum + (1 - keep) * point.value, keep * weight + (1 - keep)];
    return { ...point, value: sum / weight };
  });
};
const kinds = { loss: "loss", lr: "learning rate", norm: "gradient norm" };

const curvesView = (host, name = "curves", place = "step") => {
  const plot = new Plot(host, { name: "Curves" });
  const axis = data.color === null || data.color === undefined ? null : data.axes[data.color];
  const hasTokens = configurations.every((_, place) => tokensPerStep(place) > 0);
  const hasBits = data.runs.some(run => run.bitsPerNat);
  const most = 40;
  const [whatLabel, what] = select(name + "-what", "show", Object.entries(kinds), () => draw());
  const [linesLabel, lines] = select(name + "-lines", "of", [
    ...(axis ? [["axis", `the best for each ${axis.name}`]] : []), ["8", "the best 8"], ["all", configurations.length > most ? `the best ${most}` : "all"],
  ], () => draw());
  const [acrossLabel, across] = select(name + "-across", "against", [
    ["step", "step"], ...(hasTokens ? [["tokens", "training tokens"]] : []), ["seconds", "wall time (s)"],
  ], () => draw());
  const [unitLabel, unit] = select(name + "-unit", "in", [["nats", "nats per token"], ["bits", "bits per byte"]], () => draw());
  across.value = place;
  if (data.measure.unit === "bits per byte") unit.value = "bits";
  unitLabel.hidden = !hasBits;
  const [seedsLabel, seeds] = check(name + "-seeds", "every seed", false, () => draw());
  const [trainingLabel, training] = check(name + "-training", "training loss", true, () => draw());
  const [logXLabel, logX] = check(name + "-log-x", "log x", false, () => draw());
  const [logYLabel, logY] = check(name + "-log-y", "log y", false, () => draw());
  const smoothing = control(name + "-smoothing", html("input", { type: "range", min: 0, max: 30, value: 3, input: () => draw(), change: () => draw() }));
  const smoothingLabel = html("label", {}, "smoothing ", smoothing);
  host.prepend(html("div", { class: "controls" }, whatLabel, linesLabel, acrossLabel, unitLabel, smoothingLabel, trainingLabel, seedsLabel, logXLabel, logYLabel));

  const chosen = () => {
    const all = configurations.map((_, place) => place).filter(place => kept[place]);
    if (lines.value !== "axis") return all.slice(0, lines.value === "8" ? 8 : most);
    const seen = new Set();
    return all.filter(place => {
      const value = configurations[place].at[data.color];
      return seen.has(value) ? false : seen.add(value);
    }).slice(0, 12).sort((a, b) => configurations[a].at[data.color] - configurations[b].at[data.color]);
  };
  const seriesOf = (configuration, color) => {
    const runs = runsOf(configuration);
    const label = configurations[configuration].label;
    const made = [];
    const add = (kind, style, named) => {
      const factor = run => (kind === "validation" || kind === "training") && unit.value === "bits" ? run.bitsPerNat ?? NaN : 1;
      const each = runs.map(run => ({ run, points: measured(run, kind).map(point => ({ ...point, value: point.value === null ? null : point.value * factor(run) })) }))
        .filter(({ points }) => points.length);
      // A run that ended early would bend the mean where it ends.
      const finished = each.filter(({ run }) => run.state === "finished");
      const usable = finished.length ? finished : each;
      const groups = seeds.checked ? each : usable.length ? [{ run: null, points: averaged(usable.map(({ points }) => points)) }] : [];
      const all = groups.map(({ run, points }) => {
        const smooth = kind === "validation" || kind === "lr" ? points : smoothed(points.filter(point => point.value !== null), smoothing.value / 100);
        return smooth.filter(point => point.value !== null && Number.isFinite(point.value)).map(point => ({
          x: across.value === "seconds" ? point.seconds : across.value === "tokens" ? point.step * tokensPerStep(configuration) : point.step,
          y: point.value, configuration, run: run ? data.runs.indexOf(run) : undefined,
          title: label + (run ? `, seed ${run.seed}` : ""),
          text: [`step ${number(point.step, 6)}, ${number(point.seconds, 3)} s`, `${kind === "norm" ? "gradient norm" : kind === "lr" ? "learning rate" : kind + " loss"}: ${number(point.value, 5)}`],
        }));
      });
      if (all.some(line => line.length)) made.push({ style, label: named ? label : undefined, owner: named ? undefined : label, color, configuration, lines: all });
    };
    if (what.value === "loss") {
      const hasValidation = runs.some(run => run.evaluations);
      if (training.checked || !hasValidation) add("training", hasValidation ? "training" : "line", !hasValidation);
      if (hasValidation) add("validation", "curve", true);
    } else add(what.value, "line", true);
    return made;
  };
  const colorOf = (configuration, order) => lines.value === "axis" ? colorAt(configuration) : categories[order % categories.length];
  const draw = () => {
    unit.disabled = training.disabled = what.value !== "loss";
    smoothing.disabled = what.value === "lr";
    const shown = chosen();
    const series = shown.flatMap((configuration, order) => seriesOf(configuration, colorOf(configuration, order)));
    const points = series.flatMap(one => one.lines.flat());
    const end = Math.max(...points.map(point => point.x), 0) || 1;
    const least = Math.min(...points.filter(point => point.x > 0).map(point => point.x), end);
    // The steep beginning, and a curve that leaves the chart upwards, are cut off: they mustn't flatten the others.
    const late = series.flatMap(one => one.lines.flatMap(line => line.filter(point => point.x >= 0.1 * (line.at(-1)?.x ?? 0)).map(point => point.y)));
    const isOwn = what.value === "loss" && (unit.value === "bits") === (data.measure.unit === "bits per byte");
    let range;
    if (what.value === "loss" && late.length) {
      const [low, high] = [Math.min(...late), Math.max(...late)];
      const top = isOwn ? Math.max(Math.min(high, data.untrained), low) : high;
      range = [low - 0.05 * (top - low || 1), top + 0.05 * (top - low || 1)];
      if (isOwn && data.floor !== undefined && low - data.floor <= 0.35 * (top - low)) {
        range[0] = Math.min(range[0], data.floor - 0.03 * (top - low));
        series.push({ style: "floor", label: "floor of the text", lines: [[{ x: logX.checked ? least : 0, y: data.floor }, { x: end, y: data.floor }]] });
      }
    }
    plot.set({
      x: { label: across.selectedOptions[0].textContent, log: logX.checked, range: logX.checked ? [least, end] : [0, end] },
      y: {
        label: what.value === "loss" ? `loss (${unit.selectedOptions[0].textContent})` : kinds[what.value], log: logY.checked, range,
      },
      series,
    });
    note.textContent = (what.value !== "loss" ? "" : "Lines with marks: validation loss. Pale lines: training loss. ")
      + (seeds.checked ? "A line for each seed. " : "Means over the finished seeds. ") + "Drag to zoom; rows of the table bring their line out.";
  };
  // A configuration that isn't among the lines is drawn as long as it is brought out.
  plot.onHighlight = configuration => {
    const isMissing = configuration !== null && !(plot.chart?.series ?? []).some(one => one.configuration === configuration);
    if (!isMissing && !plot.ghost) return;
    plot.ghost = isMissing ? seriesOf(configuration, "var(--ink)").at(-1) ?? null : null;
    if (plot.box.clientWidth) plot.draw();
  };
  const note = html("p", { class: "note" });
  plot.legend.after(note);
  replaceStatic(host);
  updates.push(draw);
  draw();
};

// --------------------------------------------------------------------------------------------------------------------- Heat map

const heatView = host => {
  const axes = data.axes;
  const size = place => axes[place].labels.length;
  const order = axes.map((_, place) => place).sort((a, b) => (b === data.color) - (a === data.color) || size(b) - size(a));
  const lr = axes.findIndex(axis => axis.name === "lr");
  // Two axes make a grid where most of its cells were asked for; what variants vary each in its own way makes none.
  const isGrid = (a, b) => a !== b && new Set(configurations.map(({ at }) => `${at[a]} ${at[b]}`)).size * 2 >= size(a) * size(b);
  const pairs = order.flatMap(down => order.map(across => [down, across])).filter(([down, across]) => isGrid(down, across));
  if (!pairs.length) return;
  const options = axes.map((axis, place) => [place, axis.name]).filter(([place]) => pairs.some(pair => pair.includes(place)));
  const [rowsLabel, down] = select("heat-rows", "rows", options, () => draw(down));
  const [columnsLabel, across] = select("heat-columns", "columns", options, () => draw(across));
  [down.value, across.value] = pairs.find(pair => pair[1] === lr) ?? pairs[0];
  const [picture, tip, note] = [html("div", { class: "plot" }), html("div", { class: "tip", role: "status", hidden: true }), html("p", { class: "note" })];
  host.append(html("div", { class: "controls" }, rowsLabel, columnsLabel), picture, note);
  let [cells, current, width] = [[], null, 0];
  const show = cell => {
    current = cell;
    tip.hidden = !cell;
    for (const other of cells) other.mark.classList.toggle("on", other === cell);
    highlight(cell?.best ?? null, plot);
    if (!cell) return;
    tip.replaceChildren(html("strong", {}, cell.title), ...cell.words.map(line => html("div", {}, line)));
    tip.style.left = `${Math.max(0, Math.min(cell.x + cell.w / 2, width - tip.offsetWidth - 2))}px`;
    tip.style.top = `${cell.y + cell.h + 8}px`;
  };
  const draw = changed => {
    if (changed && down.value === across.value) {
      const other = changed === down ? across : down;
      const fit = pairs.find(pair => String(pair[changed === down ? 0 : 1]) === changed.value);
      if (fit) other.value = fit[changed === down ? 1 : 0];
    }
    width = picture.clientWidth;
    if (!width) return;
    const [columns, lines] = [axes[across.value], axes[down.value]];
    const cut = label => cutTo(label, width * 0.3);
    const head = 20;
    const left = 10 + widest(lines.ticks.map(cut));
    const w = (width - left - 4) / columns.labels.length;
    const h = Math.min(Math.max(24, Math.min(w * 0.6, 46)), Math.max(16, 640 / lines.labels.length));
    const height = head + h * lines.labels.length + 44;
    const at = (x, y) => configurations.map((_, place) => place).filter(place =>
      kept[place] && configurations[place].at[across.value] === x && configurations[place].at[down.value] === y);
    const grid = lines.labels.map((_, y) => columns.labels.map((_, x) => at(x, y)));
    const losses = grid.flat().flatMap(cell => cell.filter(place => configurations[place].score).slice(0, 1).map(place => configurations[place].score[0]));
    const least = Math.min(...losses);
    const worst = Math.max(Math.min(Math.max(...losses), data.untrained), least + 1e-9);
    const digits = worst - least < 0.05 ? 4 : worst - least < 0.5 ? 3 : 2;
    const root = svg("svg", {
      viewBox: `0 0 ${width} ${height}`, width, height, tabindex: 0, role: "img", class: "heat",
      "aria-label": `${data.measure.phrase} over ${lines.name} and ${columns.name}. Arrow keys go from cell to cell, Enter opens the runs.`,
    });
    cells = [];
    lines.ticks.forEach((label, row) => {
      const y = head + (lines.labels.length - 1 - row) * h;
      root.append(svg("text", { x: left - 6, y: y + h / 2, dy: ".35em", "text-anchor": "end" }, cut(label), svg("title", {}, label)));
      columns.ticks.forEach((_, column) => {
        const x = left + column * w;
        const here = grid[row][column];
        const best = here.find(place => configurations[place].score);
        const runs = here.flatMap(runsOf);
        const isOpen = runs.some(run => !["finished", "diverged", "failed", "stopped"].includes(run.state));
        const state = best !== undefined ? "loss" : !here.length ? "none" : isOpen ? "unfinished" : runs.some(run => run.state === "diverged") ? "diverged" : "failed";
        const value = best === undefined ? null : configurations[best].score[0];
        const place = value === null ? 0 : Math.min((value - least) / (worst - least), 1);
        const mark = svg("g", { class: `cell ${state}` }, svg("rect", { x: x + 1, y: y + 1, width: Math.max(w - 2, 1), height: Math.max(h - 2, 1), style: value === null ? undefined : heatStyle(place) }));
        const shownText = { loss: value === null ? "" : fixed(value, digits), diverged: "div.", failed: "failed", unfinished: "…", none: "" }[state];
        if (shownText && w > widthOf(shownText) + 6 && h > 15)
          mark.append(svg("text", { x: x + w / 2, y: y + h / 2, dy: ".35em", "text-anchor": "middle", fill: value === null ? undefined : inkOn(place) }, shownText));
        if (best !== undefined && runsOf(best).some(run => run.state === "diverged")) mark.append(svg("path", { class: "shaky", d: `M${x + w - 9} ${y + 11}l4 -7l4 7z` }));
        root.append(mark);
        cells.push({
          mark, x, y, w, h, row, column, best: best ?? here[0], title: `${lines.labels[row]}, ${columns.labels[column]}`,
          words: [
            { loss: value === null ? "" : `${data.measure.phrase}: ${score(configurations[best].score, runsOf(best).filter(run => run.score !== undefined).length)} ${data.measure.short}`, diverged: "every run diverged", failed: "failed", unfinished: "not finished", none: "not run" }[state],
            ...(here.length > 1 && best !== undefined ? [`the best of ${here.length}: ${configurations[best].label}`] : []),
          ],
        });
      });
    });
    const ticks = columns.ticks.map((label, place) => ({ value: place, label }));
    for (const tick of Plot.prototype.fitted(ticks, { to: place => left + (place + 0.5) * w }))
      root.append(svg("text", { x: left + (tick.value + 0.5) * w, y: height - 28, "text-anchor": "middle" }, tick.label));
    root.append(svg("text", { class: "label", x: width - 4, y: height - 8, "text-anchor": "end" }, columns.name));
    root.append(svg("text", { class: "label", x: 2, y: 13 }, lines.name));
    const find = event => {
      const box = root.getBoundingClientRect();
      const [px, py] = [event.clientX - box.left, event.clientY - box.top];
      return cells.find(cell => px >= cell.x && px < cell.x + cell.w && py >= cell.y && py < cell.y + cell.h) ?? null;
    };
    let known = null;
    root.addEventListener("pointerdown", () => { known = current; });
    root.addEventListener("pointermove", event => { const cell = find(event); if (cell !== current) show(cell); });
    root.addEventListener("pointerleave", event => event.pointerType === "mouse" && show(null));
    root.addEventListener("click", event => {
      const cell = find(event);
      if (event.pointerType !== "touch" || known === cell) { if (cell?.best !== undefined) openConfiguration(cell.best); } else show(cell);
    });
    root.addEventListener("blur", () => show(null));
    root.addEventListener("keydown", event => {
      const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[event.key];
      if (step) {
        const [row, column] = current ? [current.row + step[0], current.column + step[1]] : [lines.labels.length - 1, 0];
        show(cells.find(cell => cell.row === row && cell.column === column) ?? current);
      } else if (event.key === "Enter" && current?.best !== undefined) openConfiguration(current.best);
      else if (event.key === "Escape" && current) show(null);
      else return;
      event.preventDefault();
    });
    picture.replaceChildren(root, tip);
    tip.hidden = true;
    const kindsShown = new Set(cells.map(cell => cell.mark.classList[1]));
    note.textContent = (axes.length > 2 ? "Each cell is the best over all other axes. " : "")
      + (losses.length > 1 ? `Dark is best: from ${fixed(least, digits)} to ${fixed(worst, digits)} ${data.measure.unit}${Math.max(...losses) > data.untrained ? ", the untrained model’s, and above" : ""}. ` : "")
      + (root.querySelector(".shaky") ? "Triangle: a seed diverged. " : "") + (kindsShown.has("none") ? "Empty: not run. " : "") + "Click a cell to open its runs.";
  };
  const plot = { highlight(configuration) {
    for (const cell of cells) cell.mark.classList.toggle("on", cell === current || (configuration !== null && cell.best === configuration));
  } };
  plots.push(plot);
  new ResizeObserver(() => { if (Math.abs(picture.clientWidth - width) > 1) draw(); }).observe(picture);
  replaceStatic(host.closest("section"));
  updates.push(() => draw());
  draw();
};

// ------------------------------------------------------------------------------------------------- Charts as the report has them

const chartView = host => {
  const chart = data.charts[host.dataset.chart];
  const place = { "loss-curves": "step", "loss-by-tokens": "tokens", "loss-by-time": "seconds" }[host.dataset.chart];
  if (place && data.runs.some(run => run.curve || run.evaluations)) {
    const fold = host.closest("details");
    const open = () => {
      if (!fold.open || host.classList.contains("drawn")) return;
      host.querySelector(".note")?.classList.add("static");
      curvesView(host, host.dataset.chart, place);
    };
    fold.addEventListener("toggle", open);
    return open();
  }
  if (!chart || chart.series.some(series => series.style === "heat")) return;
  const draw = () => {
    if (host.classList.contains("drawn") || !host.closest("details").open) return;
    const { rows } = chart;
    const plot = new Plot(host, { name: chart.title, height: rows ? Math.max(180, 70 + 24 * chart.y.ticks.length) : 0 });
    const ranged = axis => ({ ...axis, range: axis.range, fixed: false });
    const series = chart.series.map(one => ({
      ...one, color: { "#222222": "var(--ink)", "#666666": "var(--faint)" }[one.color] ?? one.color, lines: one.lines.map(line => line.map(([x, y, low, high]) => ({ x, y, low, high }))),
    }));
    const show = (logX, logY) => plot.set({ x: { ...ranged(chart.x), log: logX }, y: { ...ranged(chart.y), log: logY, fixed: rows }, series, rows });
    const [logXLabel, logX] = check(`${host.dataset.chart}-log-x`, "log x", chart.x.log, () => show(logX.checked, logY.checked));
    const [logYLabel, logY] = check(`${host.dataset.chart}-log-y`, "log y", chart.y.log, () => show(logX.checked, logY.checked));
    host.prepend(html("figcaption", {}, chart.title), html("div", { class: "controls" }, logXLabel, rows ? "" : logYLabel));
    host.classList.add("drawn");
    show(chart.x.log, chart.y.log);
  };
  host.closest("details").addEventListener("toggle", draw);
  draw();
};

// ------------------------------------------------------------------------------------------------------------------------- Table

const table = document.querySelector("#configurations table");
const body = table.tBodies[0];
const headers = [...table.tHead.rows[0].cells];
const columns = headers.map(header => ({ name: header.dataset.name, title: header.textContent }));
rows.push(...body.rows);
// A cell's value: a number where the column has them, else its text; null where there is none.
const cellsOf = new Map(rows.map(row => [row, [...row.cells].map(cell => ({
  value: "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent === "–" ? null : cell.textContent, text: cell.textContent,
}))]));

const sorted = (column, direction) => {
  const isNumeric = rows.some(row => typeof cellsOf.get(row)[column].value === "number");
  const value = row => { const { value } = cellsOf.get(row)[column]; return isNumeric && typeof value !== "number" ? null : value; };
  const order = [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return (x === null) - (y === null);
    return direction * (isNumeric ? x - y : x.localeCompare(y, undefined, { numeric: true }));
  });
  headers.forEach(header => header.removeAttribute("aria-sort"));
  headers[column].setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
  body.append(...order);
};
headers.forEach((header, column) => {
  const button = html("button", { type: "button", click: () => sorted(column, header.getAttribute("aria-sort") === "ascending" ? -1 : 1) }, header.textContent);
  header.replaceChildren(button);
});
const allColumns = document.getElementById("all-columns");
allColumns?.addEventListener("change", () => table.classList.toggle("all", allColumns.checked));
if (allColumns) control("all-columns", allColumns);

// Conditions as `report --where` takes them: column op value, with "and" or a comma between.
const conditions = text => {
  const pattern = /\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([<>=!]+)|([^\s<>=!"',]+)|(,))/y;
  const tokens = [];
  const rest = text.trimEnd();
  for (pattern.lastIndex = 0; pattern.lastIndex < rest.length;) {
    const match = pattern.exec(rest);
    if (!match) throw new Error("a quote is never closed");
    const [, double, single, relation, word, comma] = match;
    tokens.push(double !== undefined ? { text: double.replaceAll('""', '"'), quoted: true } : single !== undefined ? { text: single.replaceAll("''", "'"), quoted: true }
      : relation ? { relation } : comma ? { and: true, text: "," } : { text: word, and: word.toLowerCase() === "and" });
  }
  const found = [];
  const expected = (what, token) => { throw new Error(`${what} belongs ${token ? `where “${token.text ?? token.relation}” stands` : "at the end"}`); };
  while (tokens.length) {
    const column = tokens.shift();
    if (column.text === undefined || column.and) expected("a column", column);
    const place = columns.findIndex(({ name, title }) => name === column.text || title === column.text || title.startsWith(column.text + " ("));
    if (place < 0) throw new Error(`there is no column “${column.text}”; there are ${columns.map(column => column.name).join(", ")}`);
    const relation = tokens.shift();
    if (!["=", "!=", "<", "<=", ">", ">="].includes(relation?.relation)) expected("one of = != < <= > >=", relation);
    const value = tokens.shift();
    if (value?.text === undefined || value.and) expected("a value", value);
    const isNumber = !value.quoted && value.text !== "" && Number.isFinite(Number(value.text));
    let wanted = isNumber ? Number(value.text) : value.text;
    // A number that stands nowhere exactly, but is shown, is the one that is shown so.
    const all = [...cellsOf.values()].map(cells => cells[place]);
    if (isNumber && !all.some(cell => cell.value === wanted)) wanted = all.find(cell => typeof cell.value === "number" && cell.text === value.text)?.value ?? wanted;
    found.push({ place, relation: relation.relation, wanted });
    if (!tokens.length) break;
    const and = tokens.shift();
    if (!and.and) expected("“and” or a comma", and);
    if (!tokens.length) expected("a column");
  }
  return found;
};
const meets = (row, { place, relation, wanted }) => {
  let { value } = cellsOf.get(row)[place];
  if (value === null) return false;
  if (typeof value !== typeof wanted) [value, wanted] = [String(value), String(wanted)];
  return { "=": value === wanted, "!=": value !== wanted, "<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted }[relation];
};

if (data && configurations.length === rows.length && rows.length) {
  const filter = html("input", { type: "search", id: "filter", placeholder: `${data.axes[0]?.name.split(",")[0] ?? "loss"} <= …`, autocomplete: "off", spellcheck: "false", "aria-describedby": "filter-says" });
  const says = html("output", { id: "filter-says" });
  const apply = () => {
    try {
      const found = conditions(filter.value);
      kept = rows.map(row => found.every(condition => meets(row, condition)));
      rows.forEach((row, place) => { row.hidden = !kept[place]; });
      const count = kept.filter(Boolean).length;
      says.textContent = count < rows.length ? `${count} of ${rows.length}` : "";
      says.classList.remove("wrong");
      filter.removeAttribute("aria-invalid");
      for (const update of updates) update();
    } catch (error) {
      says.textContent = error.message;
      says.classList.add("wrong");
      filter.setAttribute("aria-invalid", "true");
    }
  };
  filter.addEventListener("input", apply);
  filter.addEventListener("change", apply);
  filter.addEventListener("keydown", event => { if (event.key === "Escape") { filter.value = ""; apply(); } });
  if (rows.length > 1) document.getElementById("table-controls").prepend(html("label", {}, "filter ", control("filter", filter)), says);

  // Two rows that are picked are compared; a third takes the place of the first.
  const picked = [];
  const boxes = [];
  const pick = (place, isOn) => {
    if (isOn) picked.push(place);
    else picked.splice(picked.indexOf(place), 1);
    while (picked.length > 2) boxes[picked.shift()].checked = false;
    rows.forEach((row, place) => row.classList.toggle("picked", picked.includes(place)));
    document.getElementById("comparison").replaceChildren(...comparison(picked));
  };
  rows.forEach((row, place) => {
    const label = configurations[place].label;
    const box = html("input", { type: "checkbox", "aria-label": `compare ${label}`, title: "Pick two to compare them.", change: () => pick(place, box.checked) });
    boxes.push(box);
    control(`pick ${label}`, box);
    const rank = row.cells[0];
    rank.replaceChildren(html("button", { type: "button", class: "open", "aria-label": `open the runs of ${label}`, title: "Opens its runs.", click: () => openConfiguration(place) }, rank.textContent));
    if (rows.length > 1) row.prepend(html("td", { class: "pick" }, box));
    row.addEventListener("mouseenter", () => highlight(place));
    row.addEventListener("mouseleave", () => highlight(null));
    row.addEventListener("focusin", () => highlight(place));
    row.addEventListener("focusout", () => highlight(null));
  });
  if (rows.length > 1) {
    table.tHead.rows[0].prepend(html("th", { scope: "col", class: "pick", title: "Pick two to compare them." }, "⇄"));
    document.getElementById("comparison").append(html("p", { class: "note" }, "Pick two configurations (⇄) to compare them; a rank opens its runs."));
  }
  for (const row of document.querySelectorAll("#runs tbody tr")) {
    const place = data.runs.findIndex(run => String(run.id) === row.cells[0].textContent);
    if (place >= 0) row.cells[0].replaceChildren(html("button", { type: "button", class: "open", click: () => openRun(place) }, row.cells[0].textContent));
  }
}

// -------------------------------------------------------------------------------------------------------------------- Comparison

// Student's t at 97.5 %; between whole degrees of freedom along their inverse, along which it is nearly straight.
const quantile = degrees => {
  const at = whole => data.quantiles[Math.min(Math.max(whole, 1), data.quantiles.length) - 1];
  const lower = Math.floor(degrees);
  if (lower === degrees) return at(lower);
  const part = (1 / lower - 1 / degrees) / (1 / lower - 1 / (lower + 1));
  return at(lower) + part * (at(lower + 1) - at(lower));
};
// The second mean less the first: from pairs of runs with one seed each where there are two, else from the spread within each (Welch).
const difference = (one, other) => {
  const scores = configuration => new Map(runsOf(configuration).filter(run => run.score !== undefined).map(run => [run.seed, run.score]));
  const [a, b] = [scores(one), scores(other)];
  if (!a.size || !b.size) return null;
  const pairs = [...a].filter(([seed]) => b.has(seed)).map(([seed, value]) => b.get(seed) - value);
  if (pairs.length > 1) {
    const reach = quantile(pairs.length - 1) * deviation(pairs) / Math.sqrt(pairs.length);
    return { value: mean(pairs), reach, basis: `paired over ${pairs.length} shared seeds` };
  }
  const [first, second] = [[...a.values()], [...b.values()]];
  const value = mean(second) - mean(first);
  if (first.length < 2 || second.length < 2) return { value, basis: `${first.length} and ${second.length} seeds, ${pairs.length} shared` };
  const [u, v] = [first, second].map(values => deviation(values) ** 2 / values.length);
  const degrees = u + v > 0 ? (u + v) ** 2 / (u ** 2 / (first.length - 1) + v ** 2 / (second.length - 1)) : first.length + second.length - 2;
  return { value, reach: quantile(degrees) * Math.sqrt(u + v), basis: `no two shared seeds; from the spread within each, ${first.length} and ${second.length} seeds` };
};
const comparison = picked => {
  if (picked.length < 2) return [html("p", { class: "note" }, picked.length ? `Pick a second configuration to compare with ${configurations[picked[0]].label}.` : "Pick two configurations (⇄) to compare them; a rank opens its runs.")];
  let [one, other] = picked;
  let found = difference(one, other);
  if (found && found.value < 0) { [one, other] = [other, one]; found = difference(one, other); }
  const [a, b] = [configurations[one], configurations[other]];
  const words = [];
  if (!found) words.push(`${[a, b].filter(({ score }) => !score).map(({ label }) => label).join(" and ")}: no result to compare.`);
  else if (found.reach === undefined) words.push(`${a.label} has the lower ${data.measure.phrase}, by ${fixed(found.value, 4)} ${data.measure.unit} (${found.basis}): an interval takes two seeds of each.`);
  else {
    const digits = places(found.reach || Math.abs(found.value));
    const [low, high] = [found.value - found.reach, found.value + found.reach];
    const isTold = low > 0 || high < 0;
    words.push(
      html("strong", {}, isTold ? `${a.label} is better than ${b.label} by ${fixed(found.value, digits)} ` : `${a.label} and ${b.label} are not told apart: ${fixed(found.value, digits)} `),
      `[${fixed(low, digits)}, ${fixed(high, digits)}] ${data.measure.unit}: 95 % interval, ${found.basis}; not corrected for having picked the two among ${configurations.length}.`);
  }
  const keys = [...new Set([...Object.keys(a.own), ...Object.keys(b.own)])].filter(key => a.own[key] !== b.own[key]).sort();
  const line = (name, first, second) => html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, first ?? "–"), html("td", {}, second ?? "–"));
  const result = ({ score: values, runs }) => values ? score(values, runs.filter(place => data.runs[place].score !== undefined).length) : undefined;
  return [html("p", { class: "verdict" }, ...words), html("div", { class: "scroll" }, html("table", { class: "pair" },
    html("thead", {}, html("tr", {}, html("th", {}, ""), ...[one, other].map(place => html("th", { scope: "col" }, html("button", { type: "button", class: "open", click: () => openConfiguration(place) }, configurations[place].label))))),
    html("tbody", {}, line(data.measure.short, result(a), result(b)), ...keys.map(key => line(key, a.own[key], b.own[key])))))];
};

// ------------------------------------------------------------------------------------------------------------------------ A run

const dialog = document.getElementById("run");
const openConfiguration = configuration => {
  const runs = configurations[configuration].runs;
  const best = runs.filter(place => data.runs[place].score !== undefined).sort((a, b) => data.runs[a].score - data.runs[b].score)[0] ?? runs[0];
  if (best !== undefined) openRun(best);
};
let former = [];
const openRun = place => {
  const run = data.runs[place];
  const { label, runs, own } = configurations[run.configuration];
  for (const plot of former) plots.splice(plots.indexOf(plot), 1);
  former = [];
  const step = by => { const next = runs[(runs.indexOf(place) + by + runs.length) % runs.length]; openRun(next); };
  const facts = [
    ["state", run.state + (run.reason ? `: ${run.reason}` : "")], [data.measure.phrase, run.score === undefined ? undefined : `${fixed(run.score, 4)} ${data.measure.unit}`],
    ["lowest validation loss", run.best === undefined ? undefined : `${fixed(run.best, 4)} nats per token`],
    ["bits per byte", run.bits === undefined ? undefined : fixed(run.bits, 4)], ["time", run.seconds === undefined ? undefined : `${number(run.seconds, 3)} s`],
  ].filter(([, value]) => value !== undefined);
  const list = entries => html("dl", {}, ...entries.flatMap(([name, value]) => [html("dt", {}, name), html("dd", {}, String(value))]));
  const figures = html("div", { class: "grid" });
  const settings = Object.entries({ ...data.common, ...own }).sort(([a], [b]) => a < b ? -1 : 1);
  const samples = run.samples ?? [];
  const sql = `SELECT step, loss, lr, grad_norm, tokens, seconds FROM steps WHERE run_id = ${run.id} ORDER BY step;\n`
    + `SELECT step, loss, bits_per_byte FROM evaluations WHERE run_id = ${run.id} ORDER BY step;\n`
    + `SELECT step, prompt, text FROM samples WHERE run_id = ${run.id} ORDER BY step, prompt_index;`;
  dialog.replaceChildren(
    html("div", { class: "bar" }, html("h2", { id: "run-title" }, `Run ${run.id}: ${label}, seed ${run.seed}`),
      ...(runs.length > 1 ? [html("button", { type: "button", click: () => step(-1) }, "← seed"), html("button", { type: "button", click: () => step(1) }, "seed →")] : []),
      html("button", { type: "button", class: "close", click: () => dialog.close() }, "close")),
    html("ul", { class: "strip" }, ...facts.map(([name, value]) => html("li", {}, html("span", {}, name), ` ${value}`))), figures,
    ...(samples.length ? [html("h3", {}, "Samples"), html("div", { class: "samples" }, ...samples.map(sample =>
      html("article", {}, html("h4", {}, `step ${sample.step}`), html("p", {}, html("b", {}, data.prompts[sample.prompt]), sample.text))))] : []),
    html("h3", {}, "Configuration"), html("div", { class: "settings" }, list(settings)),
    html("h3", {}, "SQL"), html("pre", { class: "scroll" }, sql));
  if (!dialog.open) dialog.showModal();
  history.replaceState(null, "", `#run-${run.id}`);
  const points = kind => measured(run, kind).filter(point => point.value !== null).map(point => ({ x: point.step, y: point.value }));
  const add = (name, label, series, log) => {
    const shown = series.filter(one => one.lines[0].length);
    if (!shown.length) return;
    const host = html("figure", {}, html("figcaption", {}, name));
    figures.append(host);
    const plot = new Plot(host, { name, height: 230 });
    former.push(plot);
    const [logLabel, box] = check("", "log y", log, () => show());
    controls.delete("");
    host.insertBefore(html("div", { class: "controls" }, logLabel), plot.box);
    const show = () => plot.set({ x: { label: "step" }, y: { label, log: box.checked }, series: shown });
    show();
  };
  add("Loss", "nats per token", [
    { style: "training", label: "training", color: categories[0], lines: [points("training")] },
    { style: "curve", label: "validation", color: categories[1], lines: [points("validation")] }]);
  add("Learning rate", "learning rate", [{ style: "line", color: categories[2], lines: [points("lr")] }]);
  add("Gradient norm", "L2 norm before clipping", [{ style: "line", color: categories[3], lines: [points("norm")] }]);
};
dialog.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
// A click beside the dialog closes it.
dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });

// ------------------------------------------------------------------------------------------------------------ The page as a whole

if (data && rows.length) {
  const view = (name, draw) => { for (const host of document.querySelectorAll(`[data-view=${name}]`)) draw(host); };
  const hasScores = configurations.some(({ score }) => score);
  const hasCurves = data.runs.some(run => run.curve || run.evaluations);
  if (data.axes.length && hasScores) view("results", resultsView);
  else if (hasCurves) view("results", host => { host.dataset.view = "curves"; document.querySelector("#curves").hidden = true; });
  if (hasCurves) for (const host of document.querySelectorAll("[data-view=curves]")) if (!(host.closest("#curves")?.hidden && document.querySelector("#figure [data-view=curves]"))) curvesView(host);
  if (data.axes.length > 1 && data.runs.length) view("heat", heatView);
  view("chart", chartView);
}
for (const link of document.querySelectorAll("nav a")) link.hidden = document.querySelector(link.hash)?.hidden ?? true;
// A link to something folded opens it.
const unfold = () => {
  const run = /^#run-(\d+)$/.exec(location.hash);
  if (run && data) {
    const place = data.runs.findIndex(({ id }) => id === Number(run[1]));
    if (place >= 0) openRun(place);
  } else if (location.hash.length > 1) {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target?.closest("details");
    if (folded) { folded.open = true; target.scrollIntoView(); }
  }
};
addEventListener("hashchange", unfold);
// Paper shows everything.
addEventListener("beforeprint", () => { for (const fold of document.querySelectorAll("details")) fold.open = true; });

// While the experiment goes on, the page loads itself anew, and stands as it stood; not while somebody is at work in it.
const seconds = Number(document.body.dataset.refresh);
const key = `sweep ${location.pathname}`;
const folds = [...document.querySelectorAll("details")];
const restore = () => {
  const state = JSON.parse(sessionStorage.getItem(key) ?? "null");
  sessionStorage.removeItem(key);
  if (!state || Date.now() - state.time > 60_000) return;
  for (const place of state.folds) if (folds[place]) folds[place].open = true;
  for (const [name, value] of state.controls) {
    const made = controls.get(name);
    if (!made || (made.type === "checkbox" ? made.checked : made.value) === value) continue;
    if (made.type === "checkbox") made.checked = value;
    else if (made.tagName !== "SELECT" || [...made.options].some(option => option.value === value)) made.value = value;
    made.dispatchEvent(new Event("change"));
  }
  if (state.sort) { const column = columns.findIndex(({ name }) => name === state.sort[0]); if (column >= 0) sorted(column, state.sort[1]); }
  scrollTo({ top: state.scroll, behavior: "instant" });
};
if (seconds) {
  try { restore(); } catch { /* A browser that keeps nothing for files: the page begins anew. */ }
  let isPressed = false;
  addEventListener("pointerdown", () => { isPressed = true; });
  addEventListener("pointerup", () => { isPressed = false; });
  setInterval(() => {
    const isBusy = isPressed || dialog.open || plots.some(plot => plot.zoom || plot.current) || ["INPUT", "SELECT"].includes(document.activeElement?.tagName) && document.activeElement.type !== "checkbox";
    if (isBusy) return;
    const sort = headers.findIndex(header => header.hasAttribute("aria-sort"));
    try {
      sessionStorage.setItem(key, JSON.stringify({
        time: Date.now(), scroll: scrollY, folds: folds.flatMap((fold, place) => fold.open ? [place] : []),
        controls: [...controls].map(([name, made]) => [name, made.type === "checkbox" ? made.checked : made.value]),
        sort: sort >= 0 ? [columns[sort].name, headers[sort].getAttribute("aria-sort") === "ascending" ? 1 : -1] : null,
      }));
    } catch { /* As above. */ }
    location.reload();
  }, seconds * 1000);
}
unfold();
}
