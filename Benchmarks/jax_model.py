"""The transformer of this repository, as one would write it in JAX: the model, batches and optimizer of pytorch_model.py."""

import jax
import jax.numpy as jnp


def parameters(key, width, inner, layers, vocabulary, context):
    def matrix(key, rows, columns):
        return jax.random.uniform(key, (rows, columns), minval=-(width**-0.5), maxval=width**-0.5)

    keys = iter(jax.random.split(key, 2 + 4 * layers))
    return {
        "token": matrix(next(keys), vocabulary, width),
        "position": matrix(next(keys), context, width),
        "blocks": [
            {
                "norm1": jnp.ones(width),
                "norm2": jnp.ones(width),
                "qkv": matrix(next(keys), width, 3 * width),
                "out": matrix(next(keys), width, width),
                "up": matrix(next(keys), width, inner),
                "down": matrix(next(keys), inner, width),
            }
            for _ in range(layers)
        ],
        "norm": jnp.ones(width),
    }


def rms_norm(x, gain):
    return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-5) * gain


def loss(parameters, windows, heads):
    """Mean cross-entropy in nats of each token of (batch, context + 1) after those before it."""
    tokens, targets = windows[:, :-1], windows[:, 1:]
    x = parameters["token"][tokens] + parameters["position"]
    batch, context, width = x.shape
    seen = jnp.tril(jnp.ones((context, context), bool))
    for block in parameters["blocks"]:
        parts = (rms_norm(x, block["norm1"]) @ block["qkv"]).reshape(batch, context, 3, heads, width // heads)
        q, k, v = parts[:, :, 0], parts[:, :, 1], parts[:, :, 2]
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) * (width // heads) ** -0.5
        weights = jax.nn.softmax(jnp.where(seen, scores, -jnp.inf), axis=-1)
        x = x + jnp.einsum("bhqk,bkhd->bqhd", weights, v).reshape(x.shape) @ block["out"]
        x = x + jax.nn.gelu(rms_norm(x, block["norm2"]) @ block["up"], approximate=True) @ block["down"]
    logits = rms_norm(x, parameters["norm"]) @ parameters["token"].T
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), targets[..., None], axis=-1))


def train_step(heads, lr, betas, decay, epsilon=1e-8, clip=1.0):
    """A compiled update of (parameters, first moments, second moments, step) on windows; gives these and the loss before it."""

    def update(state, windows):
        parameters, first, second, step = state
        value, gradients = jax.value_and_grad(loss)(parameters, windows, heads)
        squares = sum(jnp.sum(g * g) for g in jax.tree.leaves(gradients))
        scale = jnp.minimum(1.0, clip / jnp.maximum(jnp.sqrt(squares), 1e-12))
        step = step + 1

        def moved(p, g, m, v):
            g = g * scale
            m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
            ratio = m / (1 - betas[0] ** step) / (jnp.sqrt(v / (1 - betas[1] ** step)) + epsilon)
            # The decay is for matrices only.
            return p - lr * (ratio + (decay * p if p.ndim > 1 else 0)), m, v

        leaves, shape = jax.tree.flatten(parameters)
        others = [jax.tree.leaves(tree) for tree in (gradients, first, second)]
        results = [moved(*of) for of in zip(leaves, *others)]
        parameters, first, second = (jax.tree.unflatten(shape, part) for part in zip(*results))
        return (parameters, first, second, step), value

    return jax.jit(update, donate_argnums=0)


def beginning(key, width, inner, layers, vocabulary, context):
    """The state before the first step."""
    values = parameters(key, width, inner, layers, vocabulary, context)
    zeros = jax.tree.map(jnp.zeros_like, values)
    return values, zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros((), jnp.int32)
