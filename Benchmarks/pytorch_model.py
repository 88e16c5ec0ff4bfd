"""The transformer of this repository, as one would write it in PyTorch: pre-norm RMSNorm blocks, learned positions, tanh GELU,
the token embedding as output head, no biases, matrices uniform in ±1/sqrt(width)."""

import torch
from torch import nn
from torch.nn import functional as F


def matrix(rows, columns, width):
    return nn.Parameter(torch.empty(rows, columns).uniform_(-(width**-0.5), width**-0.5))


class Block(nn.Module):
    def __init__(self, width, inner, heads):
        super().__init__()
        self.width, self.heads = width, heads
        self.norm1, self.norm2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.qkv, self.out = matrix(3 * width, width, width), matrix(width, width, width)
        self.up, self.down = matrix(inner, width, width), matrix(width, inner, width)

    def forward(self, x):
        parts = F.linear(F.rms_norm(x, (self.width,), self.norm1, 1e-5), self.qkv).chunk(3, dim=-1)
        q, k, v = (part.view(*x.shape[:2], self.heads, -1).transpose(1, 2) for part in parts)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(x.shape)
        x = x + F.linear(mixed, self.out)
        hidden = F.linear(F.rms_norm(x, (self.width,), self.norm2, 1e-5), self.up)
        return x + F.linear(F.gelu(hidden, approximate="tanh"), self.down)


class Transformer(nn.Module):
    def __init__(self, width, inner, layers, heads, vocabulary, context):
        super().__init__()
        self.width = width
        self.token, self.position = matrix(vocabulary, width, width), matrix(context, width, width)
        self.blocks = nn.ModuleList(Block(width, inner, heads) for _ in range(layers))
        self.norm = nn.Parameter(torch.ones(width))

    def forward(self, tokens, targets):
        """Mean cross-entropy in nats of `targets` (batch, context) after `tokens` (batch, context)."""
        x = self.token[tokens] + self.position
        for block in self.blocks:
            x = block(x)
        logits = F.linear(F.rms_norm(x, (self.width,), self.norm, 1e-5), self.token)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1))


def adamw(model, lr, betas, decay, epsilon=1e-8):
    """AdamW whose decay is for matrices only."""
    groups = [
        {"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": decay},
        {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=lr, betas=betas, eps=epsilon, fused=True)


def train_step(run, model, optimizer, windows, clip=1.0):
    """One update on (batch, context + 1) tokens; returns the loss before it."""
    optimizer.zero_grad(set_to_none=True)
    loss = run(windows[:, :-1], windows[:, 1:].contiguous())
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
    return loss.item()
