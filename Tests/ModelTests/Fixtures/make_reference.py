#!/usr/bin/env python3
"""Computes, in PyTorch and float64, what the Swift model is tested against.

For each of three shapes it writes NAME.weights.safetensors (the parameters, float32) and NAME.expected.json: logits, loss
and every gradient of the first of ten batches, and the ten losses of SGD, Adam and AdamW with clipping over all ten.
PyTorch is needed to remake the files, not to run the tests:

    pip install torch && python3 make_reference.py     # made with PyTorch 2.15.0

`--compare-float32` says instead how far PyTorch's own float32 lies from float64.
"""
import json, math, os, struct, sys
import torch
import torch.nn.functional as F

FOLDER = os.path.dirname(os.path.abspath(__file__))
SHAPES = {
    "tiny": dict(context_length=1, d_ff=3, d_model=4, heads=1, layers=1, vocab_size=2, batch=2),
    "odd": dict(context_length=7, d_ff=10, d_model=6, heads=3, layers=2, vocab_size=11, batch=3),
    "small": dict(context_length=16, d_ff=128, d_model=32, heads=4, layers=2, vocab_size=65, batch=4),
}
TRAININGS = [
    dict(optimizer="sgd", lr=0.5, momentum=0.0, grad_clip=0.5),
    dict(optimizer="sgd", lr=0.1, momentum=0.9, grad_clip=0.3),
    dict(optimizer="adam", lr=0.02, beta1=0.9, beta2=0.999, epsilon=1e-8, grad_clip=0.4),
    dict(optimizer="adamw", lr=0.02, beta1=0.9, beta2=0.95, epsilon=1e-8, weight_decay=0.1, grad_clip=0.4),
]


def tensors(s):
    """(name, shape) of every parameter; matrices take their input dimension first: y = x @ W."""
    V, T, C, ff = s["vocab_size"], s["context_length"], s["d_model"], s["d_ff"]
    yield "token_embed", (V, C)
    yield "pos_embed", (T, C)
    for i in range(s["layers"]):
        yield f"blocks.{i}.norm1_gamma", (C,)
        for name in ["w_q", "w_k", "w_v", "w_o"]:
            yield f"blocks.{i}.{name}", (C, C)
        yield f"blocks.{i}.norm2_gamma", (C,)
        yield f"blocks.{i}.w_ff1", (C, ff)
        yield f"blocks.{i}.w_ff2", (ff, C)
    yield "norm_final_gamma", (C,)


def draw(s, generator):
    """Matrices uniform in ±1/sqrt(C), gammas in 0.5…1.5, rounded to float32 so that both sides start alike."""
    def one(shape):
        u = torch.rand(shape, generator=generator, dtype=torch.float64)
        return ((2 * u - 1) / math.sqrt(s["d_model"]) if len(shape) == 2 else 0.5 + u).float()
    return {name: one(shape) for name, shape in tensors(s)}


def rms_norm(x, gamma):
    return gamma * x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5)


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(0.7978845608 * (x + 0.044715 * x**3)))


def attention(x, p, s):
    """Heads are neighbouring columns; a position sees itself and what came before."""
    B, T, C = x.shape
    q, k, v = ((x @ p[w]).view(B, T, s["heads"], -1).transpose(1, 2) for w in ["w_q", "w_k", "w_v"])
    scores = q @ k.transpose(-1, -2) / math.sqrt(C // s["heads"])
    hidden = torch.ones(T, T, dtype=torch.bool).triu(1)
    out = torch.softmax(scores.masked_fill(hidden, -math.inf), -1) @ v
    assert torch.allclose(out, F.scaled_dot_product_attention(q, k, v, is_causal=True), atol=1e-6)
    return out.transpose(1, 2).reshape(B, T, C) @ p["w_o"]


def forward(p, tokens, s):
    x = p["token_embed"][tokens] + p["pos_embed"]
    for i in range(s["layers"]):
        block = {name.split(".")[2]: value for name, value in p.items() if name.startswith(f"blocks.{i}.")}
        x = x + attention(rms_norm(x, block["norm1_gamma"]), block, s)
        x = x + gelu(rms_norm(x, block["norm2_gamma"]) @ block["w_ff1"]) @ block["w_ff2"]
    return rms_norm(x, p["norm_final_gamma"]) @ p["token_embed"].T


def loss_of(p, batch, s):
    logits = forward(p, batch[0], s)
    return F.cross_entropy(logits.view(-1, s["vocab_size"]), batch[1].view(-1)), logits


def train(start, batches, s, t):
    p = {name: value.clone().requires_grad_() for name, value in start.items()}
    matrices = [v for v in p.values() if v.dim() == 2]
    vectors = [v for v in p.values() if v.dim() == 1]
    if t["optimizer"] == "sgd":
        optimizer = torch.optim.SGD(p.values(), lr=t["lr"], momentum=t["momentum"])
    elif t["optimizer"] == "adam":
        optimizer = torch.optim.Adam(p.values(), lr=t["lr"], betas=(t["beta1"], t["beta2"]), eps=t["epsilon"])
    else:
        groups = [dict(params=matrices, weight_decay=t["weight_decay"]), dict(params=vectors, weight_decay=0.0)]
        optimizer = torch.optim.AdamW(groups, lr=t["lr"], betas=(t["beta1"], t["beta2"]), eps=t["epsilon"])
    losses, norms = [], []
    for batch in batches:
        optimizer.zero_grad()
        loss, _ = loss_of(p, batch, s)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(p.values(), t["grad_clip"]).item())
        optimizer.step()
        losses.append(loss.item())
    return dict(
        t, losses=losses, gradient_norms=norms,
        final_parameters_norm={name: value.detach().double().norm().item() for name, value in p.items()})


def compute(start, batches, s, dtype):
    start = {name: value.to(dtype) for name, value in start.items()}
    p = {name: value.clone().requires_grad_() for name, value in start.items()}
    loss, logits = loss_of(p, batches[0], s)
    loss.backward()
    return dict(
        logits=logits.detach().flatten().tolist(), loss=loss.item(),
        gradients={name: value.grad.flatten().tolist() for name, value in p.items()},
        training=[train(start, batches, s, t) for t in TRAININGS])


def write_safetensors(path, parameters, s):
    header, data = {}, b""
    for name, value in parameters.items():
        raw = struct.pack(f"<{value.numel()}f", *value.flatten().tolist())
        header[name] = dict(dtype="F32", shape=list(value.shape), data_offsets=[len(data), len(data) + len(raw)])
        data += raw
    sizes = {key: s[key] for key in sorted(s) if key != "batch"}
    header["__metadata__"] = dict(
        configuration=json.dumps(sizes, separators=(",", ":")), tokenizer="char",
        vocabulary=json.dumps([chr(0x41 + i) for i in range(s["vocab_size"])]))
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def rounded(value):
    """Twelve significant digits: far more than the tests' bar needs."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


def compare(name, wide, narrow):
    def error(a, b):
        a, b = torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)
        return ((a - b).norm() / a.norm()).item()
    gradients = {key: error(wide["gradients"][key], narrow["gradients"][key]) for key in wide["gradients"]}
    losses = [error(a["losses"], b["losses"]) for a, b in zip(wide["training"], narrow["training"])]
    worst = max(gradients, key=gradients.get)
    print(f"{name}: worst gradient {worst} {gradients[worst]:.1e}, worst losses {max(losses):.1e}")


def main():
    for number, (name, s) in enumerate(SHAPES.items()):
        generator = torch.Generator().manual_seed(1000 + number)
        parameters = draw(s, generator)
        size = (10, 2, s["batch"], s["context_length"])
        batches = torch.randint(s["vocab_size"], size, generator=generator)
        result = compute(parameters, batches, s, torch.float64)
        if "--compare-float32" in sys.argv:
            compare(name, result, compute(parameters, batches, s, torch.float32))
            continue
        write_safetensors(os.path.join(FOLDER, f"{name}.weights.safetensors"), parameters, s)
        expected = dict(
            shape={key: s[key] for key in s if key != "batch"}, batch_size=s["batch"],
            tokens=[b[0].flatten().tolist() for b in batches], targets=[b[1].flatten().tolist() for b in batches], **result)
        with open(os.path.join(FOLDER, f"{name}.expected.json"), "w") as file:
            json.dump(rounded(expected), file)
            file.write("\n")
        clipped = [sum(n > t["grad_clip"] for n in t["gradient_norms"]) for t in result["training"]]
        print(f"{name}: loss {result['loss']:.6f}, steps clipped {clipped}")


if __name__ == "__main__":
    main()
