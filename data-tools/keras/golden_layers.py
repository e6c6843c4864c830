"""Goldens of single layers: outputs, and gradients of sum(output * outputGradient), from given weights and inputs."""

import json

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from golden_files import create_golden_file, random_numbers, write_array, write_arrays, write_json
from har_models import RECURRENT_ACTIVATIONS


def layer_cases():
    """Name, layer, input shape with the batch: the layers that the three networks are made of."""
    yield "dense-linear", layers.Dense(7), (5, 11)
    yield "dense-relu", layers.Dense(33, activation="relu"), (4, 100)
    yield "dense-softmax", layers.Dense(6, activation="softmax"), (5, 10)
    yield "conv1d-3to5-kernel3", layers.Conv1D(5, 3, activation="relu"), (2, 9, 3)
    yield "conv1d-3to5-kernel5", layers.Conv1D(5, 5, activation="relu"), (2, 12, 3)
    yield "conv1d-9to64-kernel3", layers.Conv1D(64, 3, activation="relu"), (2, 32, 9)
    yield "conv1d-9to64-kernel5", layers.Conv1D(64, 5, activation="relu"), (2, 13, 9)
    yield "conv1d-16to16-kernel3-linear", layers.Conv1D(16, 3), (3, 11, 16)
    yield "time-distributed-conv1d", layers.TimeDistributed(layers.Conv1D(8, 3, activation="relu")), (2, 3, 10, 5)
    yield "max-pooling1d-even", layers.MaxPooling1D(2), (3, 8, 5)
    yield "max-pooling1d-odd", layers.MaxPooling1D(2), (3, 9, 5)
    yield "max-pooling1d-ties", layers.MaxPooling1D(2), (2, 8, 3)
    yield "time-distributed-max-pooling1d", layers.TimeDistributed(layers.MaxPooling1D(2)), (2, 3, 7, 4)
    yield "flatten", layers.Flatten(), (3, 1, 4, 5)
    for units in (5, 16, 20, 100):
        shape = (2, 5, 9) if units == 100 else (3, 7, 9)
        yield f"lstm-{units}", layers.LSTM(units), shape
        yield f"lstm-{units}-sequences", layers.LSTM(units, return_sequences=True), shape
    for filters in (4, 16):
        for name, function in RECURRENT_ACTIVATIONS.items():
            layer = layers.ConvLSTM2D(filters, (1, 3), activation="relu", recurrent_activation=function)
            yield f"conv-lstm2d-{filters}-{name}", layer, (2, 4, 1, 10, 3)
    yield "conv-lstm2d-5-kernel5", layers.ConvLSTM2D(5, (1, 5), activation="relu"), (2, 3, 1, 12, 9)


def extended_layer_cases():
    """The layers of the variations: GRU (reset_after) and Bidirectional, whose weights go forward first."""
    for suffix, sequences in (("", False), ("-sequences", True)):
        for units in (5, 20):
            gru = layers.GRU(units, reset_after=True, return_sequences=sequences)
            yield f"gru-{units}{suffix}", gru, (3, 7, 9)
            lstm = layers.LSTM(units, return_sequences=sequences)
            yield f"bidirectional-lstm-{units}{suffix}", layers.Bidirectional(lstm), (3, 6, 9)
        gru = layers.GRU(5, return_sequences=sequences)
        yield f"bidirectional-gru-5{suffix}", layers.Bidirectional(gru), (3, 6, 9)


def random_weights(variables, generator):
    """Weights for `variables` that leave nothing at its easy value: no bias is zero, no kernel symmetric."""
    return [
        generator.normal(0, 0.1 if len(v.shape) == 1 else 1 / np.sqrt(np.prod(v.shape[:-1])), v.shape).astype("f")
        for v in variables
    ]


def write_layer_file(path, cases):
    """Writes a group a case. `cases` is a generator, so that each layer is made after Keras' names were reset."""
    with create_golden_file(path) as file:
        keras.utils.clear_session()
        for name, layer, shape in cases:
            _write_case(file.create_group(name), name, layer, shape)
            keras.utils.clear_session()


def _write_case(group, name, layer, shape):
    generator = random_numbers(name)
    inputs = generator.normal(size=shape).astype("f")
    if name.endswith("-ties"):
        inputs = np.round(inputs)  # small whole numbers: many neighbours are equal
    layer.build(shape)
    layer.set_weights(random_weights(layer.weights, generator))
    variables = [variable.value for variable in layer.weights]
    with tf.GradientTape() as tape:
        source = tf.constant(inputs)
        tape.watch(source)
        output = layer(source, training=False)
        output_gradient = generator.normal(size=output.shape).astype("f")
        total = tf.reduce_sum(output * output_gradient)
    input_gradient, gradients = tape.gradient(total, [source, variables])

    group.attrs["layer"] = type(layer).__name__
    write_json(group, "config", _plain_config(layer))
    write_array(group, "input", inputs)
    write_array(group, "output", output)
    write_array(group, "outputGradient", output_gradient)
    write_array(group, "inputGradient", input_gradient)
    write_arrays(group, "weights", layer.get_weights(), [variable.path for variable in layer.weights])
    write_arrays(group, "gradients", gradients)


def _plain_config(layer):
    """The layer's config as it would stand in a model file, a custom function reduced to its name."""
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)["config"]))
    activation = config.get("recurrent_activation")
    if isinstance(activation, dict):
        config["recurrent_activation"] = activation["config"]
    return config
