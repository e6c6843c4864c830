"""Trains one of the three networks with hand-written JAX and prints how long its epochs took, as one JSON line.

An epoch is one compiled loop over its minibatches: Python runs between epochs alone.

python jax_peer.py --data har.h5 --model cnn-lstm --threads 1 --convolution winograd
"""

import measuring


def add_options(parser):
    parser.add_argument("--convolution", default="im2col", choices=("im2col", "winograd"))
    parser.add_argument(
        "--products", default="f32", choices=("f32", "bf16"), help="what products' operands are rounded to"
    )


arguments = measuring.parse_arguments(__doc__.split("\n\n")[0], add_options)
measuring.limit_threads(arguments.threads)

from functools import partial  # noqa: E402

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax import lax  # noqa: E402
from jax_networks import CONVOLUTIONS, PRODUCTS, initial_weights, logits  # noqa: E402

LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


def minibatches(count, generator):
    """Row numbers `[batches, 64]` in a fresh order; the last batch is filled up with -1."""
    batches = -(-count // measuring.BATCH_SIZE)
    rows = np.full(batches * measuring.BATCH_SIZE, -1, np.int32)
    rows[:count] = generator.permutation(count)
    return rows.reshape(batches, -1)


def batch_loss(weights, network, windows, labels, present, key):
    """The mean cross-entropy of the rows that are `present`, and their number."""
    log_probabilities = jax.nn.log_softmax(network(weights, windows, key))
    losses = -jnp.take_along_axis(log_probabilities, labels[:, None], axis=1)[:, 0]
    number = present.sum()
    return (losses * present).sum() / number, number


def adam(weights, gradients, first, second, step):
    """Adam as Keras does it: the bias corrections go into the learning rate."""
    rate = LEARNING_RATE * jnp.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
    first = jax.tree.map(lambda m, g: m + (1 - BETA_1) * (g - m), first, gradients)
    second = jax.tree.map(lambda v, g: v + (1 - BETA_2) * (g * g - v), second, gradients)
    weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), weights, first, second)
    return weights, first, second


@partial(jax.jit, static_argnums=0, donate_argnums=1)
def train_epoch(network, state, windows, labels, rows, key):
    """All minibatches; returns the new state and the mean loss over the windows."""

    def step(state, batch):
        weights, first, second, steps = state
        indices, key = batch
        present = (indices >= 0).astype(jnp.float32)
        indices = jnp.maximum(indices, 0)
        with_gradients = jax.value_and_grad(batch_loss, has_aux=True)
        (loss, number), gradients = with_gradients(weights, network, windows[indices], labels[indices], present, key)
        weights, first, second = adam(weights, gradients, first, second, steps + 1)
        return (weights, first, second, steps + 1), loss * number

    state, losses = lax.scan(step, state, (rows, jax.random.split(key, len(rows))))
    return state, losses.sum() / len(windows)


def main():
    windows, labels = map(jnp.asarray, measuring.read_windows(arguments.data))
    network = partial(logits, arguments.model, PRODUCTS[arguments.products], CONVOLUTIONS[arguments.convolution])
    weights = initial_weights(arguments.model, jax.random.key(1))
    state = (weights, jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights), jnp.float32(0))
    parameters = sum(leaf.size for leaf in jax.tree.leaves(weights))
    generator = np.random.default_rng(1)
    measurement = measuring.Measurement(arguments)
    for epoch in range(measurement.epochs_to_run):
        measurement.epoch_began()
        rows = jnp.asarray(minibatches(len(windows), generator))
        state, loss = train_epoch(network, state, windows, labels, rows, jax.random.key(epoch))
        loss = float(loss)  # waits for the epoch's end
        measurement.step_ended()  # steps can't be told apart: the first is over when the epoch is
        measurement.epoch_ended(loss)
    measurement.print_result({"jax": jax.__version__}, parameters)


if __name__ == "__main__":
    main()
