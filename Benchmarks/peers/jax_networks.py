"""The three networks in JAX, without a library of layers: what somebody writes who wants the last second out of XLA.

A network is a dictionary of arrays and a function from it to logits. Everything is channels last, and every convolution
and recurrent step comes down to plain matrix products, which XLA's CPU backend runs much faster than its convolutions.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

UNITS, FILTERS, DENSE, CLASSES = 100, 64, 100, 6
SUBSEQUENCES, LENGTH, CHANNELS, TAPS = 4, 32, 9, 3
# Below so many channels Winograd's transforms cost more than the products that they save.
CHANNELS_WORTH_TRANSFORMING = 16


# --- products ---------------------------------------------------------------------------------------------------------


@jax.custom_vjp
def bf16_product(x, w):
    """`x` `[…, K]` · `w` `[K, N]`: operands rounded to bf16, sums in f32; so are both products of its gradient."""
    return jnp.matmul(_narrow(x), _narrow(w), preferred_element_type=jnp.float32)


def _narrow(x):
    return x.astype(jnp.bfloat16)


def _bf16_product_forward(x, w):
    return bf16_product(x, w), (_narrow(x), _narrow(w))


def _bf16_product_backward(operands, gradient):
    x, w = operands
    rows = gradient.reshape(-1, gradient.shape[-1])
    return bf16_product(gradient, w.T), bf16_product(x.reshape(-1, x.shape[-1]).T, rows)


bf16_product.defvjp(_bf16_product_forward, _bf16_product_backward)
PRODUCTS = {"f32": jnp.matmul, "bf16": bf16_product}


# --- layers -----------------------------------------------------------------------------------------------------------


def im2col_convolution(product, x, kernel):
    """`x` `[N, L, C]`, `kernel` `[3, C, F]` → `[N, L - 2, F]`: the taps' inputs side by side, then one product."""
    length = x.shape[1] - TAPS + 1
    neighbours = [lax.slice_in_dim(x, tap, tap + length, axis=1) for tap in range(TAPS)]
    return product(jnp.concatenate(neighbours, axis=2), kernel.reshape(-1, kernel.shape[2]))


def winograd_convolution(product, x, kernel):
    """The same by Winograd's F(2,3): each pair of outputs takes four products where it took six."""
    outputs = x.shape[1] - TAPS + 1
    if x.shape[2] < CHANNELS_WORTH_TRANSFORMING or outputs % 2:
        return im2col_convolution(product, x, kernel)
    a, b, c, d = (lax.slice_in_dim(x, first, first + outputs - 1, stride=2, axis=1) for first in range(4))
    left, middle, right = kernel
    outer = 0.5 * (left + right)
    sums = product(b + c, outer + 0.5 * middle)
    differences = product(c - b, outer - 0.5 * middle)
    even = product(a - c, left) + sums + differences
    odd = sums - differences - product(b - d, right)
    return jnp.stack([even, odd], axis=2).reshape(x.shape[0], outputs, -1)


CONVOLUTIONS = {"im2col": im2col_convolution, "winograd": winograd_convolution}


def half_dropout(key, x):
    """Keeps each value with probability one half, doubled. A random word decides over 32 values."""
    words = jax.random.bits(key, (-(-x.size // 32), 1), jnp.uint32)
    bits = (words >> jnp.arange(32, dtype=jnp.uint32)) & 1
    return jnp.where(bits.reshape(-1)[: x.size].reshape(x.shape) == 1, 2 * x, 0.0)


def _gates(z):
    """Input, forget, candidate and output gate of pre-activations `[N, 4u]`, activated."""
    i, f, candidate, o = jnp.split(z, 4, axis=-1)
    return jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(candidate), jax.nn.sigmoid(o)


def _unrolled(steps):
    """Few steps are written out, so that no loop is left; of many that gains nothing and compiles for long."""
    return steps if steps <= SUBSEQUENCES else 1


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def lstm(product, with_input_gradient, weights, x):
    """`x` `[T, N, D]` → the last hidden state `[N, u]`.

    XLA's own gradient of the loop would add to the weights' gradients at every step; this one keeps the gradients of
    the pre-activations and sums over all steps in one product. The input's product leaves the loop likewise.
    """
    return _lstm_forward(product, with_input_gradient, weights, x)[0]


def _lstm_forward(product, with_input_gradient, weights, x):
    def step(state, projected):
        hidden, cell = state
        i, f, candidate, o = _gates(projected + product(hidden, weights["recurrent"]))
        new_cell = f * cell + i * candidate
        squashed = jnp.tanh(new_cell)
        return (o * squashed, new_cell), (i, f, candidate, o, squashed, cell, hidden)

    nothing = jnp.zeros((x.shape[1], UNITS), jnp.float32)
    projections = product(x, weights["kernel"]) + weights["bias"]
    (hidden, _), history = lax.scan(step, (nothing, nothing), projections, unroll=_unrolled(len(x)))
    return hidden, (weights, x, history)


def _lstm_backward(product, with_input_gradient, saved, gradient):
    weights, x, history = saved
    recurrent_transposed = weights["recurrent"].T

    def step(state, moment):
        d_hidden, d_cell = state
        i, f, candidate, o, squashed, cell, _ = moment
        d_cell = d_cell + d_hidden * o * (1 - squashed * squashed)
        d_gates = (
            d_cell * candidate * i * (1 - i),
            d_cell * cell * f * (1 - f),
            d_cell * i * (1 - candidate * candidate),
            d_hidden * squashed * o * (1 - o),
        )
        d_projected = jnp.concatenate(d_gates, axis=-1)
        return (product(d_projected, recurrent_transposed), d_cell * f), d_projected

    start = (gradient, jnp.zeros_like(gradient))
    _, d_projections = lax.scan(step, start, history, reverse=True, unroll=_unrolled(len(x)))
    rows = d_projections.reshape(-1, 4 * UNITS)
    d_weights = {
        "kernel": product(x.reshape(rows.shape[0], -1).T, rows),
        "recurrent": product(history[-1].reshape(rows.shape[0], -1).T, rows),
        "bias": rows.sum(axis=0),
    }
    d_x = product(d_projections, weights["kernel"].T) if with_input_gradient else jnp.zeros_like(x)
    return d_weights, d_x


lstm.defvjp(_lstm_forward, _lstm_backward)


def convolutional_lstm(product, convolution, weights, x):
    """`x` `[S, N, L, C]` → the last hidden state `[N, L - 2, F]`; relu where an LSTM has tanh. The input's convolution
    runs once over all subsequences; the first step has no hidden state to convolve."""
    subsequences, count = x.shape[:2]
    projections = convolution(product, x.reshape(-1, *x.shape[2:]), weights["kernel"]) + weights["bias"]
    hidden = cell = None
    for projected in projections.reshape(subsequences, count, *projections.shape[1:]):
        if hidden is not None:
            padded = jnp.pad(hidden, ((0, 0), (1, 1), (0, 0)))
            projected = projected + convolution(product, padded, weights["recurrent"])
        i, f, candidate, o = jnp.split(projected, 4, axis=-1)
        added = jax.nn.sigmoid(i) * jax.nn.relu(candidate)
        cell = added if cell is None else jax.nn.sigmoid(f) * cell + added
        hidden = jax.nn.sigmoid(o) * jax.nn.relu(cell)
    return hidden


# --- networks ---------------------------------------------------------------------------------------------------------


def initial_weights(model, key):
    """Keras's: Glorot's uniform kernels, orthogonal recurrent ones, biases of zero but for the forget gate's of one."""
    uniform = jax.nn.initializers.glorot_uniform()
    orthogonal = jax.nn.initializers.orthogonal()
    keys = iter(jax.random.split(key, 8))

    def affine(*shape):
        return {"kernel": uniform(next(keys), shape), "bias": jnp.zeros(shape[-1])}

    def recurrent(size, *kernel_shape, recurrent_shape, initializer):
        bias = jnp.zeros(4 * size).at[size : 2 * size].set(1.0)
        kernels = {"kernel": uniform(next(keys), kernel_shape), "recurrent": initializer(next(keys), recurrent_shape)}
        return {**kernels, "bias": bias}

    def units_over(inputs):
        shape = (UNITS, 4 * UNITS)
        return recurrent(UNITS, inputs, 4 * UNITS, recurrent_shape=shape, initializer=orthogonal)

    if model == "lstm":
        front, features = {"lstm": units_over(CHANNELS)}, UNITS
    elif model == "cnn-lstm":
        front, features = {"convolutions": [affine(TAPS, CHANNELS, FILTERS), affine(TAPS, FILTERS, FILTERS)]}, UNITS
        front["lstm"] = units_over((LENGTH - 4) // 2 * FILTERS)
    else:
        shape = (TAPS, FILTERS, 4 * FILTERS)
        gates = recurrent(FILTERS, TAPS, CHANNELS, 4 * FILTERS, recurrent_shape=shape, initializer=uniform)
        front, features = {"convolutional_lstm": gates}, (LENGTH - 2) * FILTERS
    return {**front, "dense": affine(features, DENSE), "output": affine(DENSE, CLASSES)}


def logits(model, product, convolution, weights, windows, key):
    """`windows` `[N, 128, 9]` → `[N, 6]`, with dropout drawn from `key`."""
    features_key, head_key = jax.random.split(key)
    if model == "lstm":
        x = lstm(product, False, weights["lstm"], windows.swapaxes(0, 1))
    else:
        x = windows.reshape(-1, SUBSEQUENCES, LENGTH, CHANNELS).swapaxes(0, 1)
        if model == "cnn-lstm":
            features = _features(product, convolution, weights["convolutions"], x, features_key)
            x = lstm(product, True, weights["lstm"], features)
        else:
            x = convolutional_lstm(product, convolution, weights["convolutional_lstm"], x).reshape(len(windows), -1)
    x = half_dropout(head_key, x)
    x = jax.nn.relu(product(x, weights["dense"]["kernel"]) + weights["dense"]["bias"])
    return product(x, weights["output"]["kernel"]) + weights["output"]["bias"]


def _features(product, convolution, layers, x, key):
    """`[S, N, L, C]` → two convolutions, dropout, the larger of every two → `[S, N, (L - 4) / 2 · F]`."""
    subsequences, count = x.shape[:2]
    y = x.reshape(-1, *x.shape[2:])
    for layer in layers:
        y = jax.nn.relu(convolution(product, y, layer["kernel"]) + layer["bias"])
    pairs = half_dropout(key, y).reshape(-1, y.shape[1] // 2, 2, FILTERS)
    even, odd = pairs[:, :, 0], pairs[:, :, 1]
    # The gradient of `maximum` would share out ties, at the cost of a pass over all values.
    return jnp.where(even >= odd, even, odd).reshape(subsequences, count, -1)
