#!/usr/bin/env python3
"""Computes, in float64, ten losses of models in muP and CompleteP, with the shapes, weights and batches of make_reference.py.

The rules are written here a second time, tensor by tensor, from table 8 of Yang et al. 2022 with the columns of microsoft/mup, and from
table 1 of Dey et al. 2025 (CompleteP, alpha = 1). parametrizations.expected.json gets the losses and the norms of the final parameters:

    pip install torch && python3 make_parametrizations.py     # made with PyTorch 2.13
"""
import json, math, os
import torch
import torch.nn.functional as F
import make_optimizers
from make_optimizers import read_safetensors, rate_of_peak, RULES, WARMUP, COUPLED
from make_reference import FOLDER, SHAPES, rms_norm, gelu, rounded

ADAMW = dict(optimizer="adamw", lr=0.03, beta1=0.9, beta2=0.95, epsilon=1e-3, weight_decay=0.5, **COUPLED, grad_clip=0.4)
MUON = dict(optimizer="muon", lr=0.02, momentum=0.95, muon_steps=5, adam_lr=0.02, beta1=0.9, beta2=0.95, epsilon=1e-3,
            weight_decay=0.3, **COUPLED, grad_clip=0.4)
CASES = [
    ("odd", dict(kind="mup", base_d_model=4, base_head_size=8), ADAMW),
    ("odd", dict(kind="completep", base_d_model=12, base_layers=8), ADAMW),
    ("odd", dict(kind="mup", base_d_model=3), dict(MUON, muon_scale="spectral")),
    ("small", dict(kind="completep", base_d_model=8, base_layers=1), dict(MUON, muon_scale="rms")),
    ("small", dict(kind="mup", base_d_model=8), dict(optimizer="sgd", lr=0.1, momentum=0.0, grad_clip=0.4)),
    ("small", dict(kind="mup", base_d_model=16), dict(ADAMW, weight_decay_kind="independent", weight_decay=0.02)),
    ("small", dict(kind="completep", base_d_model=4, base_layers=1),
     dict(optimizer="ademamix", lr=0.02, beta1=0.9, beta2=0.999, beta3=0.9999, alpha=8.0, epsilon=1e-4, weight_decay=0.1,
          **COUPLED, grad_clip=0.4)),
    ("small", dict(kind="mup", base_d_model=64),
     dict(optimizer="schedule_free", lr=0.02, beta1=0.9, beta2=0.999, epsilon=1e-4, weight_decay=0.3, **COUPLED, grad_clip=0.4)),
]


def factors(s, q):
    """Width m, depth n, and the scale of attention's scores: sqrt(base head) / head."""
    m = s["d_model"] / q["base_d_model"]
    n = s["layers"] / q["base_layers"] if q["kind"] == "completep" else 1.0
    head = s["d_model"] / s["heads"]
    base_head = q.get("base_head_size", q["base_d_model"] / s["heads"])
    return m, n, math.sqrt(base_head) / head


def forward(p, tokens, s, q):
    m, n, scale = factors(s, q)
    x = p["token_embed"][tokens] + p["pos_embed"]
    B, T, C = x.shape
    hidden = torch.ones(T, T, dtype=torch.bool).triu(1)
    for i in range(s["layers"]):
        w = {name.split(".")[2]: value for name, value in p.items() if name.startswith(f"blocks.{i}.")}
        h = rms_norm(x, w["norm1_gamma"])
        query, key, value = ((h @ w[k]).view(B, T, s["heads"], -1).transpose(1, 2) for k in ["w_q", "w_k", "w_v"])
        scores = (query @ key.transpose(-1, -2) * scale).masked_fill(hidden, -math.inf)
        x = x + (torch.softmax(scores, -1) @ value).transpose(1, 2).reshape(B, T, C) @ w["w_o"] / n
        x = x + gelu(rms_norm(x, w["norm2_gamma"]) @ w["w_ff1"]) @ w["w_ff2"] / n
    return rms_norm(x, p["norm_final_gamma"]) @ p["token_embed"].T / m


def scaled(t, name, m, n):
    """The numbers of an optimizer for one tensor. The decay of one step stays lr times weight_decay in every matrix."""
    hidden = name.split(".")[-1].startswith("w_")
    t = dict(t)
    if t["optimizer"] == "sgd":
        t["lr"] *= 1 if hidden else m
        return t
    if t["optimizer"] == "muon" and hidden:
        rate = m ** -0.5 if t["muon_scale"] == "rms" else 1.0
    else:
        rate = 1 / m if hidden else 1.0
    t["lr"] *= rate
    if t["weight_decay_kind"] == "coupled":
        t["weight_decay"] /= rate
    if hidden:
        t["epsilon"] /= m * n
    return t


def sgd(p, g, s, t, k, lr, part, hidden):
    return p - lr * g


RULES["sgd"] = sgd


def train(start, batches, s, q, t):
    m, n, _ = factors(s, q)
    p = {name: value.clone() for name, value in start.items()}
    states = {name: dict(m=torch.zeros_like(v), v=torch.zeros_like(v), slow=torch.zeros_like(v)) for name, v in p.items()}
    losses = []
    for k, (tokens, targets) in enumerate(batches, 1):
        part = rate_of_peak(k, t)
        leaves = {name: value.clone().requires_grad_() for name, value in p.items()}
        loss = F.cross_entropy(forward(leaves, tokens, s, q).view(-1, s["vocab_size"]), targets.view(-1))
        loss.backward()
        norm = math.sqrt(sum(v.grad.square().sum().item() for v in leaves.values()))
        clip = min(1.0, t["grad_clip"] / (norm + 1e-6))
        losses.append(loss.item())
        for name, leaf in leaves.items():
            own = scaled(t, name, m, n)
            p[name] = RULES[t["optimizer"]](
                p[name], clip * leaf.grad, states[name], own, k, own["lr"] * part, part, name.split(".")[-1].startswith("w_"))
    result = {name: states[name]["x"] for name in p} if t["optimizer"] == "schedule_free" else p
    return dict(t, losses=losses, final_parameters_norm={name: value.norm().item() for name, value in result.items()})


results = []
for name, q, t in CASES:
    s = SHAPES[name]
    start = read_safetensors(os.path.join(FOLDER, f"{name}.weights.safetensors"))
    with open(os.path.join(FOLDER, f"{name}.expected.json")) as file:
        expected = json.load(file)
    size = (s["batch"], s["context_length"])
    batches = [[torch.tensor(part).reshape(size) for part in batch] for batch in zip(expected["tokens"], expected["targets"])]
    architecture = dict({key: s[key] for key in s if key != "batch"}, parametrization=q["kind"])
    architecture.update({key: q[key] for key in q if key != "kind"})
    results.append(dict(shape=name, warmup=WARMUP, architecture=architecture, **train(start, batches, s, q, t)))
    print(name, q, t["optimizer"], [round(loss, 4) for loss in results[-1]["losses"]])
with open(os.path.join(FOLDER, "parametrizations.expected.json"), "w") as file:
    json.dump(rounded(results), file)
    file.write("\n")
