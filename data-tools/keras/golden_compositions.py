"""Goldens of networks that are none of the tutorial's: the layers in other orders, inside each other, and on more axes."""

import json

import keras
import numpy as np
from keras import layers

from golden_files import create_golden_file, random_numbers, write_array, write_arrays, write_json
from golden_layers import random_weights
from golden_models import loss_and_gradients
from har_models import compile_model

WINDOWS = 5
SAVED = ("dense-on-sequences", "distributed-recurrent", "nested-convolutions")
CLASSES = 4


def composition_cases():
    """Name, the input's shape without the batch, and the layers below the last, which gives the classes."""
    distributed, both = layers.TimeDistributed, layers.Bidirectional
    yield "two-convolutions", (3, 12, 5), [
        distributed(layers.Conv1D(8, 3, activation="relu")),
        distributed(layers.Conv1D(6, 2)),
        distributed(layers.MaxPooling1D(2)),
        distributed(layers.Flatten()),
        layers.LSTM(7),
    ]
    yield "three-dense", (9, 5), [
        layers.LSTM(6),
        layers.Dense(9, activation="relu"),
        layers.Dropout(0.25),
        layers.Dense(8),
    ]
    yield "conv1d-stack", (20, 5), [
        layers.Conv1D(8, 3, activation="relu"),
        layers.MaxPooling1D(2),
        layers.Conv1D(6, 3, activation="relu"),
        layers.Flatten(),
    ]
    yield "lstm-under-gru", (9, 5), [layers.LSTM(9, return_sequences=True), layers.GRU(7)]
    yield "dense-on-sequences", (9, 5), [
        layers.Dense(7, activation="relu"),
        both(layers.LSTM(5, return_sequences=True)),
        layers.Dense(6),
        layers.Flatten(),
    ]
    yield "distributed-recurrent", (3, 6, 5), [
        distributed(both(layers.LSTM(4, return_sequences=True))),
        # Eight features and three units: weight gradients per batch, inside a layer that multiplies the rows.
        distributed(layers.GRU(3)),
        distributed(layers.Dense(6, activation="relu")),
        both(layers.GRU(5)),
    ]
    yield "nested-convolutions", (3, 1, 14, 5), [
        distributed(distributed(layers.Conv1D(8, 3, activation="relu"))),
        layers.ConvLSTM2D(6, (1, 4), activation="tanh", recurrent_activation="hard_sigmoid"),
        layers.Flatten(),
    ]


def write_composition_files(folder):
    """`compositions.h5` with passes of each network, and `keras-NAME.h5`, what Keras saves of some."""
    with create_golden_file(folder / "compositions.h5") as file:
        keras.utils.clear_session()
        for name, shape, stack in composition_cases():
            model = keras.Sequential([keras.Input(shape), *stack, layers.Dense(CLASSES, activation="softmax")])
            _write_case(file.create_group(name), name, shape, model)
            if name in SAVED:
                compile_model(model).save(folder / f"keras-{name}.h5")
            keras.utils.clear_session()


def _write_case(group, name, shape, model):
    generator = random_numbers(name)
    inputs = generator.normal(size=(WINDOWS, *shape)).astype("f")
    labels = generator.integers(0, CLASSES, WINDOWS)
    model.set_weights(random_weights(model.weights, generator))
    loss, gradients = loss_and_gradients(model, inputs, np.eye(CLASSES, dtype="f")[labels])
    write_json(group, "config", json.loads(model.to_json())["config"])
    write_array(group, "input", inputs)
    write_array(group, "labels", labels, np.uint8)
    write_arrays(group, "weights", model.get_weights(), [variable.path for variable in model.weights])
    write_array(group, "output", model(inputs, training=False))
    write_array(group, "loss", loss)
    write_arrays(group, "gradients", gradients)
