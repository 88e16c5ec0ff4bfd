#!/usr/bin/env python3
"""Computes, in float64 and from the papers' formulas, ten losses of every optimizer that PyTorch doesn't have.

The shapes, the weights and the batches are those of make_reference.py, whose files must be there. optimizers.expected.json gets for
each shape and each optimizer the losses and the norms of the parameters that training gives:

    pip install torch && python3 make_optimizers.py     # made with PyTorch 2.14

`--cross-check` compares with other people's implementations instead, where they are installed (pytorch-optimizer, schedulefree,
lion-pytorch, torch.optim.Muon, and pytorch/ademamix.py of apple/ml-ademamix): the greatest difference of a parameter after ten steps of each. What that printed stands at its end.
"""
import json, math, os, struct, sys
import torch
from make_reference import FOLDER, SHAPES, loss_of, rounded

STEPS = 10
COUPLED = dict(weight_decay_kind="coupled", cautious_decay=False)
# Rates at which ten steps change the loss much. Those of lion and signum were chosen among some so that no mean comes nearer to 0 than
# a hundred-thousandth of its tensor's size: a sign that rounding turns changes everything after it.
TRAININGS = [
    dict(optimizer="lion", lr=4e-3, beta1=0.92, beta2=0.99, weight_decay=0.5, **COUPLED, grad_clip=0.4),
    dict(optimizer="lion", lr=5e-3, beta1=0.85, beta2=0.98, weight_decay=0.02, weight_decay_kind="independent",
         cautious_decay=True, grad_clip=0.4),
    dict(optimizer="signum", lr=4e-3, momentum=0.88, weight_decay=0.5, **COUPLED, grad_clip=0.4),
    dict(optimizer="muon", lr=0.03, momentum=0.95, muon_scale="spectral", muon_steps=5, adam_lr=0.01, beta1=0.9, beta2=0.95,
         epsilon=1e-10, weight_decay=0.3, **COUPLED, grad_clip=0.4),
    dict(optimizer="muon", lr=0.02, momentum=0.8, muon_scale="rms", muon_steps=7, adam_lr=0.02, beta1=0.8, beta2=0.9,
         epsilon=1e-4, weight_decay=0.05, weight_decay_kind="independent", cautious_decay=True, grad_clip=0.4),
    dict(optimizer="ademamix", lr=0.01, beta1=0.9, beta2=0.999, beta3=0.9999, alpha=8.0, epsilon=1e-8, weight_decay=0.1,
         **COUPLED, grad_clip=0.4),
    dict(optimizer="schedule_free", lr=0.02, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.3, **COUPLED, grad_clip=0.4),
    dict(optimizer="schedule_free", lr=0.03, beta1=0.8, beta2=0.95, epsilon=1e-8, weight_decay=0.04,
         weight_decay_kind="independent", cautious_decay=True, grad_clip=0.4),
    dict(optimizer="adamw", lr=0.02, beta1=0.9, beta2=0.95, epsilon=1e-8, weight_decay=0.05, weight_decay_kind="independent",
         cautious_decay=False, grad_clip=0.4),
    dict(optimizer="adamw", lr=0.02, beta1=0.9, beta2=0.95, epsilon=1e-8, weight_decay=1.0, weight_decay_kind="coupled",
         cautious_decay=True, grad_clip=0.4),
]
WARMUP = 3


def rate_of_peak(step, t):
    """A rise to the peak at step WARMUP + 1, then a line to a tenth of it at the last step; schedule_free stays at the peak."""
    if step <= WARMUP:
        return step / (WARMUP + 1)
    return 1.0 if t["optimizer"] == "schedule_free" else 1 - (step - WARMUP - 1) / (STEPS - WARMUP - 1) * 0.9


def decayed(p, point, change, t, lr, part):
    """p after the decay of `point` (p itself but for schedule_free). Vectors don't decay; cautious decay leaves alone what the change,
    which is subtracted, makes greater."""
    if p.dim() < 2:
        return p
    decay = t["weight_decay"] * (lr if t["weight_decay_kind"] == "coupled" else part)
    mask = (change * point >= 0).to(p.dtype) if t["cautious_decay"] else 1.0
    return p - decay * mask * point


def lion(p, g, s, t, k, lr, part, hidden):
    """Chen et al. 2023, algorithm 2."""
    c = t["beta1"] * s["m"] + (1 - t["beta1"]) * g
    s["m"] = t["beta2"] * s["m"] + (1 - t["beta2"]) * g
    change = lr * torch.sign(c)
    return decayed(p, p, change, t, lr, part) - change


def signum(p, g, s, t, k, lr, part, hidden):
    """Bernstein et al. 2018, algorithm 1."""
    s["m"] = t["momentum"] * s["m"] + (1 - t["momentum"]) * g
    change = lr * torch.sign(s["m"])
    return decayed(p, p, change, t, lr, part) - change


def adamw(p, g, s, t, k, lr, part, hidden):
    """Loshchilov & Hutter 2019, algorithm 2."""
    s["m"] = t["beta1"] * s["m"] + (1 - t["beta1"]) * g
    s["v"] = t["beta2"] * s["v"] + (1 - t["beta2"]) * g * g
    change = lr * (s["m"] / (1 - t["beta1"] ** k)) / (torch.sqrt(s["v"] / (1 - t["beta2"] ** k)) + t["epsilon"])
    return decayed(p, p, change, t, lr, part) - change


def orthogonalized(g, steps):
    """Jordan et al. 2024: `zeropower_via_newtonschulz5` in the precision of g. Rows are outputs there."""
    x = g.T if g.shape[0] > g.shape[1] else g
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def muon(p, g, s, t, k, lr, part, hidden):
    """Jordan et al. 2024. Our matrices have inputs as rows, Muon's have outputs."""
    if not hidden:
        return adamw(p, g, s, t, k, t["adam_lr"] * part, part, hidden)
    s["m"] = t["momentum"] * s["m"] + (1 - t["momentum"]) * g
    update = (t["momentum"] * s["m"] + (1 - t["momentum"]) * g).T
    rows, columns = update.shape
    scale = max(1, rows / columns) ** 0.5 if t["muon_scale"] == "spectral" else 0.2 * max(rows, columns) ** 0.5
    change = lr * scale * orthogonalized(update, t["muon_steps"]).T
    return decayed(p, p, change, t, lr, part) - change


def ademamix(p, g, s, t, k, lr, part, hidden):
    """Pagliardini et al. 2024, algorithm 1 with the schedulers of its section 3, over all steps."""
    half = lambda beta: math.log(0.5) / math.log(beta + 1e-8) - 1
    a = k / STEPS
    beta3 = t["beta3"] if a >= 1 else 0.5 ** (1 / ((1 - a) * half(t["beta1"]) + a * half(t["beta3"]) + 1))
    s["m"] = t["beta1"] * s["m"] + (1 - t["beta1"]) * g
    s["slow"] = beta3 * s["slow"] + (1 - beta3) * g
    s["v"] = t["beta2"] * s["v"] + (1 - t["beta2"]) * g * g
    mean = s["m"] / (1 - t["beta1"] ** k) + min(a, 1) * t["alpha"] * s["slow"]
    change = lr * mean / (torch.sqrt(s["v"] / (1 - t["beta2"] ** k)) + t["epsilon"])
    return decayed(p, p, change, t, lr, part) - change


def schedule_free(p, g, s, t, k, lr, part, hidden):
    """Defazio et al. 2024, as in adamw_schedulefree_reference.py. p is y."""
    if k == 1:
        s["z"], s["x"], s["sum"] = p.clone(), p.clone(), 0.0
    s["v"] = t["beta2"] * s["v"] + (1 - t["beta2"]) * g * g
    change = lr * g / (torch.sqrt(s["v"] / (1 - t["beta2"] ** k)) + t["epsilon"])
    s["z"] = decayed(s["z"], p, change, t, lr, part) - change
    s["sum"] += lr * lr
    c = lr * lr / s["sum"]
    s["x"] = (1 - c) * s["x"] + c * s["z"]
    return t["beta1"] * s["x"] + (1 - t["beta1"]) * s["z"]


RULES = dict(lion=lion, signum=signum, adamw=adamw, muon=muon, ademamix=ademamix, schedule_free=schedule_free)


def is_hidden(name):
    return name.split(".")[-1].startswith("w_")


def read_safetensors(path):
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header, data = json.loads(file.read(size)), file.read()
    result = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            values = struct.unpack(f"<{(end - start) // 4}f", data[start:end])
            result[name] = torch.tensor(values, dtype=torch.float64).reshape(entry["shape"])
    return result


def train(start, batches, shape, t):
    p = {name: value.clone() for name, value in start.items()}
    states = {name: dict(m=torch.zeros_like(v), v=torch.zeros_like(v), slow=torch.zeros_like(v)) for name, v in p.items()}
    losses = []
    for k, batch in enumerate(batches, 1):
        part = rate_of_peak(k, t)
        leaves = {name: value.clone().requires_grad_() for name, value in p.items()}
        loss, _ = loss_of(leaves, batch, shape)
        loss.backward()
        norm = math.sqrt(sum(v.grad.square().sum().item() for v in leaves.values()))
        clip = min(1.0, t["grad_clip"] / (norm + 1e-6))
        losses.append(loss.item())
        for name, leaf in leaves.items():
            p[name] = RULES[t["optimizer"]](p[name], clip * leaf.grad, states[name], t, k, t["lr"] * part, part, is_hidden(name))
    result = {name: states[name]["x"] for name in p} if t["optimizer"] == "schedule_free" else p
    return dict(t, losses=losses, final_parameters_norm={name: value.norm().item() for name, value in result.items()})


def main():
    results = []
    for name, shape in SHAPES.items():
        start = read_safetensors(os.path.join(FOLDER, f"{name}.weights.safetensors"))
        with open(os.path.join(FOLDER, f"{name}.expected.json")) as file:
            expected = json.load(file)
        size = (shape["batch"], shape["context_length"])
        batches = [
            [torch.tensor(part).reshape(size) for part in batch] for batch in zip(expected["tokens"], expected["targets"])]
        results += [dict(shape=name, warmup=WARMUP, **train(start, batches, shape, t)) for t in TRAININGS]
    with open(os.path.join(FOLDER, "optimizers.expected.json"), "w") as file:
        json.dump(rounded(results), file)
        file.write("\n")
    for result in results:
        print(result["shape"], result["optimizer"], [round(loss, 4) for loss in result["losses"]])


def cross_check():
    """Ten steps of others' optimizers and ours, on gradients that depend on the parameters, without a schedule."""
    generator = torch.Generator().manual_seed(0)
    w, target = (torch.randn(24, 10, generator=generator, dtype=torch.float64) for _ in range(2))

    def compare(label, t, make, dtype=torch.float64, transposed=False):
        global rate_of_peak
        p, s = w.clone(), dict(m=torch.zeros_like(w), v=torch.zeros_like(w), slow=torch.zeros_like(w))
        other = torch.nn.Parameter((w.T if transposed else w).clone().to(dtype))
        optimizer = make([other])
        t = dict(COUPLED, **t)
        for k in range(1, STEPS + 1):
            gradient = torch.tanh(p - target) + 0.1 * p.flip(0)
            p = RULES[t["optimizer"]](p, gradient, s, t, k, t["lr"], 1.0, True)
            q = (other.T if transposed else other).detach().double()
            g = torch.tanh(q - target) + 0.1 * q.flip(0)
            other.grad = (g.T if transposed else g).clone().to(dtype)
            optimizer.step()
        if t["optimizer"] == "schedule_free":
            optimizer.eval()
            p = s["x"]
        q = (other.T if transposed else other).detach().double()
        print(f"{label}: greatest difference {(p - q).abs().max().item():.1e}, greatest change {(p - w).abs().max().item():.1e}")

    import ademamix as apple, lion_pytorch, pytorch_optimizer, schedulefree
    t = dict(optimizer="lion", lr=1e-2, beta1=0.9, beta2=0.99, weight_decay=0.3)
    compare("lion, lion-pytorch", t, lambda p: lion_pytorch.Lion(p, lr=1e-2, betas=(0.9, 0.99), weight_decay=0.3))
    t = dict(optimizer="ademamix", lr=1e-2, beta1=0.9, beta2=0.999, beta3=0.9999, alpha=8.0, epsilon=1e-8, weight_decay=0.1)
    compare("ademamix, apple/ml-ademamix", t, lambda p: apple.AdEMAMix(
        p, lr=1e-2, betas=(0.9, 0.999, 0.9999), alpha=8.0, beta3_warmup=STEPS, alpha_warmup=STEPS, weight_decay=0.1))
    t = dict(optimizer="signum", lr=1e-2, momentum=0.9, weight_decay=0.1)
    compare("signum, pytorch-optimizer", t, lambda p: pytorch_optimizer.SignSGD(
        p, lr=1e-2, momentum=0.9, weight_decay=0.1, weight_decouple=True))
    t = dict(optimizer="schedule_free", lr=2e-2, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.1)
    def schedule_free_of_others(p):
        optimizer = schedulefree.AdamWScheduleFree(p, lr=2e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)
        optimizer.train()
        return optimizer
    compare("schedule_free, schedulefree", t, schedule_free_of_others)
    for scale, adjust in [("spectral", "original"), ("rms", "match_rms_adamw")]:
        t = dict(optimizer="muon", lr=2e-2, momentum=0.95, muon_scale=scale, muon_steps=5, weight_decay=0.1)
        compare(f"muon, torch.optim.Muon {adjust} (bfloat16)", t, lambda p: torch.optim.Muon(
            p, lr=2e-2, momentum=0.95, weight_decay=0.1, ns_steps=5, adjust_lr_fn=adjust), torch.float32, transposed=True)
        real = torch.Tensor.bfloat16
        torch.Tensor.bfloat16 = torch.Tensor.float
        try:
            compare(f"muon, torch.optim.Muon {adjust} (float32)", t, lambda p: torch.optim.Muon(
                p, lr=2e-2, momentum=0.95, weight_decay=0.1, ns_steps=5, adjust_lr_fn=adjust), torch.float32, transposed=True)
        finally:
            torch.Tensor.bfloat16 = real


if __name__ == "__main__":
    cross_check() if "--cross-check" in sys.argv else main()
