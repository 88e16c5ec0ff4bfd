"use strict";
const table = document.querySelector("#configurations table");
const body = table.tBodies[0];
const headers = [...table.tHead.rows[0].cells];

// A cell's value: a number where the column has them, else its text; nothing sorts last either way.
const value = (row, column, isNumeric) => {
  const cell = row.cells[column];
  return isNumeric ? ("value" in cell.dataset ? Number(cell.dataset.value) : null) : cell.textContent;
};

headers.forEach((header, column) => {
  const button = document.createElement("button");
  button.textContent = header.textContent;
  header.replaceChildren(button);
  button.addEventListener("click", () => {
    const sign = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const rows = [...body.rows];
    const isNumeric = rows.some(row => "value" in row.cells[column].dataset);
    rows.sort((a, b) => {
      const [x, y] = [value(a, column, isNumeric), value(b, column, isNumeric)];
      if (x === null || y === null) return (x === null) - (y === null);
      return sign * (isNumeric ? x - y : x.localeCompare(y, undefined, { numeric: true }));
    });
    headers.forEach(other => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
    body.append(...rows);
  });
});

document.getElementById("all-columns")?.addEventListener("change", event =>
  table.classList.toggle("all", event.target.checked));
