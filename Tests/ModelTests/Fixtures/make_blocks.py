#!/usr/bin/env python3
"""Computes, in PyTorch and float64, what every block of the Swift model is tested against: blocks.json.

Each case says an architecture and how it is trained. Parameters and tokens follow from the case's number by SplitMix64, on both
sides, so that the file holds results alone: logits, loss and every gradient of the first of ten batches, and the ten losses of
AdamW with clipping. Arrays are float32 in base64. PyTorch is needed to remake the file, not to run the tests:

    pip install torch && python3 make_blocks.py     # made with PyTorch 2.13.0

The formulas are those of the papers and of Hugging Face's classes; nothing is taken from the Swift code but the names of tensors
and the function that says which elements dropout drops.
"""
import base64, json, math, os, struct
import torch
import torch.nn.functional as F

FOLDER = os.path.dirname(os.path.abspath(__file__))
MASK = 2**64 - 1
TRAINING = dict(lr=0.01, beta1=0.9, beta2=0.95, epsilon=1e-8, weight_decay=0.1, grad_clip=0.4)
BASE = dict(vocab_size=11, context_length=7, d_model=8, heads=2, layers=2, d_ff=10)
DEFAULTS = dict(
    positions="learned", rope_base=10000.0, norm="rmsnorm", norm_epsilon=1e-5, norm_placement="pre", qk_norm="none",
    feed_forward="gelu", kv_heads=None, head_size=None, tied_head=True, biases=False, window=None, logit_cap=None,
    attention_cap=None)
LONG = dict(context_length=45)

# (architecture's members beside BASE, training's members)
CASES = [
    (dict(), dict()),
    (dict(positions="rope"), dict()),
    (dict(positions="rope", rope_base=20.0, **LONG), dict()),
    (dict(positions="alibi", **LONG), dict()),
    (dict(positions="alibi", heads=6, head_size=3), dict()),
    (dict(positions="sinusoidal"), dict()),
    (dict(positions="sinusoidal", d_model=7, heads=1), dict()),
    (dict(positions="none"), dict()),
    (dict(norm="layernorm"), dict()),
    (dict(norm="layernorm", biases=True), dict()),
    (dict(norm_epsilon=0.1), dict()),
    (dict(norm="layernorm", norm_epsilon=0.1), dict()),
    (dict(norm_placement="post"), dict()),
    (dict(norm_placement="output"), dict()),
    (dict(norm_placement="sandwich"), dict()),
    (dict(qk_norm="head"), dict()),
    (dict(qk_norm="width"), dict()),
    (dict(feed_forward="gelu_erf"), dict()),
    (dict(feed_forward="relu"), dict()),
    (dict(feed_forward="relu2"), dict()),
    (dict(feed_forward="swiglu"), dict()),
    (dict(feed_forward="geglu"), dict()),
    (dict(heads=4, kv_heads=1), dict()),
    (dict(heads=4, kv_heads=2, **LONG), dict()),
    (dict(head_size=5), dict()),
    (dict(tied_head=False), dict()),
    (dict(biases=True), dict()),
    (dict(window=3), dict()),
    (dict(window=1), dict()),
    (dict(window=20, **LONG), dict()),
    (dict(window=33, **LONG), dict()),
    (dict(logit_cap=0.5), dict()),
    (dict(attention_cap=0.2), dict()),
    (dict(), dict(z_loss=0.1)),
    (dict(logit_cap=1.0), dict(z_loss=0.1)),
    (dict(), dict(dropout=0.3)),
    # The families that the key "block" names.
    (dict(norm="layernorm", biases=True), dict(dropout=0.1)),
    (dict(positions="rope", feed_forward="swiglu", tied_head=False), dict()),
    (dict(positions="rope", rope_base=1e6, feed_forward="swiglu", qk_norm="head", kv_heads=1, norm_epsilon=1e-6), dict()),
    (dict(positions="rope", rope_base=5e5, feed_forward="swiglu", qk_norm="width", norm_placement="output",
          tied_head=False, norm_epsilon=1e-6), dict(z_loss=1e-5)),
    (dict(positions="rope", feed_forward="geglu", norm_placement="sandwich", kv_heads=1, attention_cap=50.0,
          logit_cap=30.0, norm_epsilon=1e-6), dict()),
    (dict(positions="rope", feed_forward="relu2", qk_norm="head", tied_head=False, logit_cap=15.0), dict()),
    # Mixtures of all keys, of odd sizes.
    (dict(vocab_size=5, context_length=37, d_model=9, heads=4, kv_heads=2, head_size=6, d_ff=7, positions="rope",
          norm="layernorm", norm_placement="sandwich", qk_norm="head", feed_forward="geglu", biases=True, window=5,
          attention_cap=0.7, logit_cap=2.0, tied_head=False), dict(z_loss=0.01, dropout=0.2)),
    (dict(vocab_size=13, context_length=50, d_model=10, heads=3, kv_heads=1, head_size=4, layers=1, d_ff=33,
          positions="alibi", norm_placement="post", qk_norm="width", feed_forward="relu2", biases=True, window=17), dict()),
    (dict(context_length=33, d_model=17, heads=1, head_size=34, d_ff=3, positions="rope", norm="layernorm",
          norm_placement="output", feed_forward="gelu_erf", attention_cap=3.0, tied_head=False), dict(dropout=0.5)),
    (dict(context_length=1, d_model=1, heads=1, d_ff=1, layers=1, positions="none", qk_norm="head",
          feed_forward="swiglu", biases=True), dict()),
    (dict(context_length=19, d_model=6, heads=6, kv_heads=3, positions="sinusoidal", norm_placement="post",
          norm="layernorm", biases=True, feed_forward="relu", window=2, logit_cap=4.0), dict(dropout=0.1)),
    (dict(context_length=40, d_model=12, heads=4, kv_heads=1, head_size=2, positions="learned", qk_norm="width",
          norm_placement="sandwich", feed_forward="swiglu", window=16, attention_cap=1.0), dict(z_loss=0.05)),
    (dict(context_length=34, heads=8, kv_heads=4, head_size=1, positions="alibi", norm="layernorm",
          attention_cap=0.5, feed_forward="geglu", window=31, tied_head=False), dict()),
    (dict(context_length=24, d_model=5, heads=2, head_size=8, layers=3, positions="rope", qk_norm="width",
          norm_placement="output", norm="layernorm", biases=True, window=9), dict(dropout=0.4, z_loss=0.2)),
]


def splitmix(state):
    """Steele, Lea and Flood 2014."""
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        yield mix(state)


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def named(seed, name):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return mix((mix((seed + 0x9E3779B97F4A7C15) & MASK)) ^ h)


def complete(members):
    a = dict(BASE, **DEFAULTS)
    a.update(members)
    a["kv_heads"] = a["kv_heads"] or a["heads"]
    a["head_size"] = a["head_size"] or a["d_model"] // a["heads"]
    return a


def tensors(a):
    """(name, shape) of every parameter; matrices take their input dimension first: y = x @ W."""
    V, T, C, ff = a["vocab_size"], a["context_length"], a["d_model"], a["d_ff"]
    HD, KD = a["heads"] * a["head_size"], a["kv_heads"] * a["head_size"]
    gated = a["feed_forward"] in ("swiglu", "geglu")

    def norm(name):
        yield name + "_gamma", (C,)
        if a["norm"] == "layernorm" and a["biases"]:
            yield name + "_beta", (C,)

    def linear(name, rows, columns):
        yield "w_" + name, (rows, columns)
        if a["biases"]:
            yield "b_" + name, (columns,)

    yield "token_embed", (V, C)
    if a["positions"] == "learned":
        yield "pos_embed", (T, C)
    for i in range(a["layers"]):
        parts = list(norm("norm1")) + list(linear("q", C, HD)) + list(linear("k", C, KD)) + list(linear("v", C, KD))
        if a["qk_norm"] != "none":
            wide = a["qk_norm"] == "width"
            parts += [("q_norm_gamma", (HD if wide else a["head_size"],)), ("k_norm_gamma", (KD if wide else a["head_size"],))]
        parts += list(linear("o", HD, C)) + list(norm("norm2"))
        parts += (list(linear("gate", C, ff)) if gated else []) + list(linear("ff1", C, ff)) + list(linear("ff2", ff, C))
        if a["norm_placement"] == "sandwich":
            parts += list(norm("norm1_post")) + list(norm("norm2_post"))
        yield from ((f"blocks.{i}.{name}", shape) for name, shape in parts)
    if a["norm_placement"] != "post":
        yield from norm("norm_final")
    if not a["tied_head"]:
        yield "head", (V, C)


def draw(a, number):
    """Matrices uniform in ±1/sqrt(C), gains in 0.5…1.5, biases in ±0.5, rounded to float32 so that both sides start alike."""
    values = {}
    for name, shape in tensors(a):
        stream = splitmix(named(number, name))
        u = torch.tensor([(next(stream) >> 40) * 2.0**-24 for _ in range(math.prod(shape))], dtype=torch.float32)
        if len(shape) == 2:
            u = (2 * u - 1) * torch.tensor(1 / math.sqrt(a["d_model"]), dtype=torch.float32)
        else:
            u = u + 0.5 if name.endswith("gamma") else u - 0.5
        values[name] = u.reshape(shape).double()
    return values


class Dropout:
    """Which elements are dropped: a function of seed, step, place, row and column."""

    def __init__(self, p, seed, step):
        self.p, self.stream, self.step = p, named(seed, "dropout"), step

    def __call__(self, x, place):
        """x: rows of all sequences, (..., columns)."""
        if self.p == 0:
            return x
        key = next(splitmix(self.stream ^ (self.step << 24 | place)))
        rows, columns = math.prod(x.shape[:-1]), x.shape[-1]
        threshold = struct.unpack("f", struct.pack("f", 1 + self.p))[0]
        keep = []
        for row in range(rows):
            row_key = mix((key + row * 0x9E3779B97F4A7C15) & MASK) >> 32
            for column in range(columns):
                h = (column * 0x9E3779B9 & 0xFFFFFFFF) ^ row_key
                h ^= h >> 16
                h = h * 0x7FEB352D & 0xFFFFFFFF
                h ^= h >> 15
                h = h * 0x846CA68B & 0xFFFFFFFF
                keep.append(0.0 if 1 + (h >> 9) * 2.0**-23 < threshold else 1 / (1 - self.p))
        return x * torch.tensor(keep, dtype=x.dtype).reshape(x.shape)


def rms_norm(x, gamma, eps):
    return F.rms_norm(x, (x.shape[-1],), gamma, eps)


def norm(x, p, name, a):
    if a["norm"] == "rmsnorm":
        return rms_norm(x, p[name + "_gamma"], a["norm_epsilon"])
    return F.layer_norm(x, (x.shape[-1],), p[name + "_gamma"], p.get(name + "_beta"), a["norm_epsilon"])


def linear(x, p, name):
    y = x @ p["w_" + name]
    return y + p["b_" + name] if "b_" + name in p else y


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), -1)


def rope(x, base):
    """x: (B, heads, T, D), as Hugging Face's apply_rotary_pos_emb."""
    T, D = x.shape[-2:]
    frequencies = 1 / base ** (torch.arange(0, D, 2, dtype=torch.float64) / D)
    angles = torch.arange(T, dtype=torch.float64)[:, None] * frequencies
    angles = torch.cat((angles, angles), -1)
    return x * angles.cos() + rotate_half(x) * angles.sin()


def alibi_slopes(n):
    """The authors' get_slopes."""
    def power_of_2(n):
        start = 2 ** (-(2 ** -(math.log2(n) - 3)))
        return [start * start**i for i in range(n)]
    if math.log2(n).is_integer():
        return power_of_2(n)
    closest = 2 ** math.floor(math.log2(n))
    return power_of_2(closest) + alibi_slopes(2 * closest)[0::2][: n - closest]


def sinusoids(T, C):
    table = torch.zeros(T, C, dtype=torch.float64)
    for position in range(T):
        for column in range(C):
            angle = position / 10000 ** (2 * (column // 2) / C)
            table[position, column] = math.sin(angle) if column % 2 == 0 else math.cos(angle)
    return table


def attention(x, p, a, drop, block):
    B, T, _ = x.shape
    H, K, D = a["heads"], a["kv_heads"], a["head_size"]
    q, k, v = (linear(x, p, name) for name in "qkv")
    if a["qk_norm"] == "width":
        q, k = (rms_norm(y, p[name + "_norm_gamma"], a["norm_epsilon"]) for y, name in ((q, "q"), (k, "k")))
    q, k, v = q.view(B, T, H, D), k.view(B, T, K, D), v.view(B, T, K, D)
    if a["qk_norm"] == "head":
        q, k = (rms_norm(y, p[name + "_norm_gamma"], a["norm_epsilon"]) for y, name in ((q, "q"), (k, "k")))
    q, k, v = (y.transpose(1, 2) for y in (q, k, v))
    if a["positions"] == "rope":
        q, k = rope(q, a["rope_base"]), rope(k, a["rope_base"])
    k, v = (y.repeat_interleave(H // K, 1) for y in (k, v))
    scores = q @ k.transpose(-1, -2) / math.sqrt(D)
    if a["attention_cap"]:
        scores = a["attention_cap"] * torch.tanh(scores / a["attention_cap"])
    i, j = torch.arange(T)[:, None], torch.arange(T)[None, :]
    if a["positions"] == "alibi":
        scores = scores - torch.tensor(alibi_slopes(H), dtype=torch.float64)[:, None, None] * (i - j)
    hidden = (j > i) | (j <= i - (a["window"] or T))
    weights = torch.softmax(scores.masked_fill(hidden, -math.inf), -1)
    # A head is a row of the mask, with its keys one after the other.
    columns = weights.transpose(-1, -2).reshape(B, H, T * T)
    weights = drop(columns, 1 + 3 * block).view(B, H, T, T).transpose(-1, -2)
    out = (weights @ v).transpose(1, 2).reshape(B, T, H * D)
    return drop(linear(out, p, "o"), 2 + 3 * block)


def feed_forward(x, p, a, drop, block):
    kind = a["feed_forward"]
    if kind == "swiglu":
        h = F.silu(linear(x, p, "gate")) * linear(x, p, "ff1")
    elif kind == "geglu":
        h = F.gelu(linear(x, p, "gate"), approximate="tanh") * linear(x, p, "ff1")
    else:
        h = linear(x, p, "ff1")
        h = {"gelu": lambda h: F.gelu(h, approximate="tanh"), "gelu_erf": F.gelu, "relu": F.relu,
             "relu2": lambda h: F.relu(h) ** 2}[kind](h)
    return drop(linear(h, p, "ff2"), 3 + 3 * block)


def forward(p, tokens, a, drop):
    x = p["token_embed"][tokens]
    if a["positions"] == "learned":
        x = x + p["pos_embed"]
    elif a["positions"] == "sinusoidal":
        x = x + sinusoids(a["context_length"], a["d_model"])
    x = drop(x, 0)
    for i in range(a["layers"]):
        block = {name.split(".")[2]: value for name, value in p.items() if name.startswith(f"blocks.{i}.")}
        for f, n in ((attention, "norm1"), (feed_forward, "norm2")):
            layer = lambda x: f(x, block, a, drop, i)
            match a["norm_placement"]:
                case "pre":
                    x = x + layer(norm(x, block, n, a))
                case "post":
                    x = norm(x + layer(x), block, n, a)
                case "output":
                    x = x + norm(layer(x), block, n, a)
                case "sandwich":
                    x = x + norm(layer(norm(x, block, n, a)), block, n + "_post", a)
    if a["norm_placement"] != "post":
        x = norm(x, p, "norm_final", a)
    logits = x @ (p["token_embed"] if a["tied_head"] else p["head"]).T
    return a["logit_cap"] * torch.tanh(logits / a["logit_cap"]) if a["logit_cap"] else logits


def losses_of(p, batch, a, t, drop):
    """The loss that is reported, the one that is trained, and the logits."""
    logits = forward(p, batch[0], a, drop)
    loss = F.cross_entropy(logits.view(-1, a["vocab_size"]), batch[1].view(-1))
    z = torch.logsumexp(logits, -1)
    return loss, loss + t.get("z_loss", 0.0) * (z * z).mean(), logits


def train(p, batches, a, t, seed):
    groups = [
        dict(params=[v for v in p.values() if v.dim() == 2], weight_decay=TRAINING["weight_decay"]),
        dict(params=[v for v in p.values() if v.dim() == 1], weight_decay=0.0)]
    optimizer = torch.optim.AdamW(
        groups, lr=TRAINING["lr"], betas=(TRAINING["beta1"], TRAINING["beta2"]), eps=TRAINING["epsilon"])
    losses = []
    for step, batch in enumerate(batches, 1):
        optimizer.zero_grad()
        loss, trained, _ = losses_of(p, batch, a, t, Dropout(t.get("dropout", 0.0), seed, step))
        trained.backward()
        torch.nn.utils.clip_grad_norm_(p.values(), TRAINING["grad_clip"])
        optimizer.step()
        losses.append(loss.item())
    return losses


def packed(values):
    values = values.detach().flatten().tolist()
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def case(number, members, t):
    a = complete(members)
    batch_size = 2
    size = (10, 2, batch_size, a["context_length"])
    stream = splitmix(named(number, "tokens"))
    tokens = torch.tensor([(next(stream) >> 32) % a["vocab_size"] for _ in range(math.prod(size))]).reshape(size)
    def start():
        return {name: value.clone().requires_grad_() for name, value in draw(a, number).items()}
    p = start()
    loss, trained, logits = losses_of(p, tokens[0], a, t, Dropout(t.get("dropout", 0.0), number, 1))
    trained.backward()
    return dict(
        architecture={key: value for key, value in dict(BASE, **members).items()}, **t, loss=loss.item(),
        logits=packed(logits), gradients={name: packed(value.grad) for name, value in p.items()},
        losses=train(start(), tokens, a, t, number))


with open(os.path.join(FOLDER, "blocks.json"), "w") as file:
    cases = [case(number, *parts) for number, parts in enumerate(CASES)]
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
    file.write('{"training":' + json.dumps(TRAINING) + ',"cases":[\n' + lines + "\n]}\n")
