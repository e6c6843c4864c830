"""Goldens of whole networks: probabilities, loss, gradients, and ten steps of an optimizer with dropout off."""

import keras
import numpy as np
import tensorflow as tf

from golden_files import create_golden_file, random_numbers, write_array, write_arrays, write_json
from golden_layers import random_weights
from har_models import RECURRENT_ACTIVATIONS, ModelSizes, build_model

STEPS = 10
BATCH_RULE = "step s (from 0) trains on rows (s * batchSize + j) mod N for j = 0 ..< batchSize"


def model_cases():
    """Name → (sizes, windows, batch size)."""
    small = {"dense": 10, "channels": 9}
    conv_lstm = {"model": "conv-lstm", "steps": 24, "subsequences": 3, **small}
    cases = {
        "lstm": (ModelSizes("lstm", steps=24, units=12, **small), 20, 8),
        "lstm-odd": (ModelSizes("lstm", steps=13, channels=5, units=7, dense=11, classes=4), 20, 8),
        "lstm-full": (ModelSizes("lstm"), 8, 4),
        "cnn-lstm": (ModelSizes("cnn-lstm", steps=24, subsequences=2, units=12, filters=8, **small), 20, 8),
        "cnn-lstm-odd": (ModelSizes("cnn-lstm", steps=52, subsequences=4, units=20, filters=16, **small), 20, 8),
        "conv-lstm-16": (ModelSizes(filters=16, **conv_lstm), 20, 8),
    }
    for name in RECURRENT_ACTIVATIONS:
        cases[f"conv-lstm-{name}"] = (ModelSizes(filters=8, recurrent_activation=name, **conv_lstm), 20, 8)
    return cases


def extended_model_cases():
    """The same of variations: GRU, both directions, several layers."""
    small = {"dense": 7, "channels": 5, "classes": 4}
    lstm = {"model": "lstm", "steps": 13, **small}
    # Sixteen features a step and seven units: weight gradients per batch.
    cnn_lstm = {"model": "cnn-lstm", "steps": 24, "subsequences": 3, "units": 7, "filters": 8, **small}
    return {
        "lstm-2": (ModelSizes(units=6, layers=2, **lstm), 20, 8),
        "lstm-3-gru": (ModelSizes(units=5, layers=3, cell="gru", **lstm), 20, 8),
        "lstm-2-bidirectional": (ModelSizes(units=6, layers=2, bidirectional=True, **lstm), 20, 8),
        "lstm-2-bidirectional-gru": (ModelSizes(units=17, layers=2, bidirectional=True, cell="gru", **lstm), 20, 8),
        "cnn-lstm-gru": (ModelSizes(cell="gru", **cnn_lstm), 20, 8),
        "cnn-lstm-2-bidirectional": (ModelSizes(layers=2, bidirectional=True, **cnn_lstm), 20, 8),
        "cnn-lstm-2-bidirectional-gru": (ModelSizes(layers=2, bidirectional=True, cell="gru", **cnn_lstm), 20, 8),
    }


def lamb_model_cases():
    """Networks that LAMB trains: with gradients per batch and per shard, and tensors of any size."""
    return {
        "lstm": (ModelSizes("lstm", steps=24, channels=9, units=12, dense=10), 20, 8),
        "cnn-lstm-odd": (
            ModelSizes("cnn-lstm", steps=52, channels=9, subsequences=4, units=20, dense=10, filters=16), 20, 8),
        "conv-lstm": (ModelSizes("conv-lstm", steps=24, channels=9, subsequences=3, dense=10, filters=8), 20, 8),
    }


def write_model_file(path, cases, optimizer=keras.optimizers.Adam):
    """`optimizer` makes one with Keras's defaults for each case."""
    with create_golden_file(path) as file:
        for name, (sizes, windows, batch_size) in cases.items():
            _write_case(file.create_group(name), name, sizes, windows, batch_size, optimizer())


def _write_case(group, name, sizes, count, batch_size, optimizer):
    generator = random_numbers(name)
    windows = generator.normal(size=(count, sizes.steps, sizes.channels)).astype("f")
    labels = generator.integers(0, sizes.classes, count)
    model = build_model(sizes)
    model.set_weights(random_weights(model.weights, generator))
    inputs, targets = sizes.shaped(windows), np.eye(sizes.classes, dtype="f")[labels]

    write_json(group, "config", sizes.as_dict())
    group.attrs["batchSize"] = batch_size
    group.attrs["batchRule"] = BATCH_RULE
    write_array(group, "input", windows)
    write_array(group, "labels", labels, np.uint8)
    write_arrays(group, "weights", model.get_weights(), [variable.path for variable in model.weights])
    write_array(group, "output", model(inputs, training=False))
    loss, gradients = loss_and_gradients(model, inputs, targets)
    write_array(group, "loss", loss)
    write_arrays(group, "gradients", gradients)
    batch_losses, losses_after = _train(model, inputs, targets, batch_size, optimizer)
    write_array(group, "batchLosses", batch_losses)
    write_array(group, "lossAfterSteps", losses_after)
    write_arrays(group, "afterTenSteps", model.get_weights())


def loss_and_gradients(model, inputs, targets):
    """The mean loss of `inputs`, as Keras' own training step computes it, and the gradients of the parameters."""
    with tf.GradientTape() as tape:
        predictions = model(inputs, training=False)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(targets, predictions))
    return loss, tape.gradient(loss, [variable.value for variable in model.trainable_variables])


def _train(model, inputs, targets, batch_size, optimizer):
    """Ten steps of a Keras optimizer. Returns each batch's loss before its step, and the mean loss of all windows after it."""
    optimizer.build(model.trainable_variables)
    batch_losses, losses_after = [], []
    for step in range(STEPS):
        rows = (step * batch_size + np.arange(batch_size)) % len(inputs)
        loss, gradients = loss_and_gradients(model, inputs[rows], targets[rows])
        optimizer.apply(gradients, model.trainable_variables)
        batch_losses.append(loss)
        losses_after.append(loss_and_gradients(model, inputs, targets)[0])
    return batch_losses, losses_after
