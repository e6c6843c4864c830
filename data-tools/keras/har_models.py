"""The tutorial's three networks in Keras, and their variations with other recurrent layers, for windows `[N, T, C]` cut as each network wants them.

One definition serves the goldens, the parity check and the benchmarks, so that all three speak of the same
networks. Sizes default to the tutorial's; the goldens shrink them.
"""

from dataclasses import asdict, dataclass

import keras
from keras import layers

MODEL_NAMES = ("lstm", "cnn-lstm", "conv-lstm")


def keras2_hard_sigmoid(x):
    """Keras 2's `hard_sigmoid`, clip(0.2 x + 0.5, 0, 1). Keras 3 gave the name to clip(x / 6 + 0.5, 0, 1)."""
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


RECURRENT_ACTIVATIONS = {
    "sigmoid": "sigmoid",
    "keras2_hard_sigmoid": keras2_hard_sigmoid,
    "hard_sigmoid": "hard_sigmoid",
}


CELLS = {"lstm": layers.LSTM, "gru": layers.GRU}
VARIATION_FIELDS = ("layers", "bidirectional", "cell")


@dataclass(frozen=True)
class ModelSizes:
    """Everything that tells one of these networks from another. `subsequences` is 1 for the plain LSTM."""

    model: str
    steps: int = 128
    channels: int = 9
    subsequences: int = 4
    units: int = 100
    filters: int = 64
    kernel_size: int = 3
    dense: int = 100
    classes: int = 6
    dropout: float = 0.5
    recurrent_activation: str = "sigmoid"
    layers: int = 1
    bidirectional: bool = False
    cell: str = "lstm"

    def __post_init__(self):
        if self.model not in MODEL_NAMES:
            raise ValueError(f"no model named {self.model!r}")
        if self.model == "lstm":
            object.__setattr__(self, "subsequences", 1)
        if self.is_variation and self.model == "conv-lstm":
            raise ValueError("conv-lstm has no variations")
        if self.steps % self.subsequences:
            raise ValueError(f"{self.steps} steps do not divide into {self.subsequences} subsequences")

    @property
    def input_shape(self):
        """The shape of one window as the network's first layer takes it."""
        length = self.steps // self.subsequences
        return {
            "lstm": (self.steps, self.channels),
            "cnn-lstm": (self.subsequences, length, self.channels),
            "conv-lstm": (self.subsequences, 1, length, self.channels),
        }[self.model]

    def shaped(self, windows):
        """`windows` `[N, T, C]` in the shape of the network's input; the memory's order stays as it is."""
        return windows.reshape((len(windows), *self.input_shape))

    @property
    def is_variation(self):
        """Whether the recurrent layers are others than the tutorial's."""
        return (self.layers, self.bidirectional, self.cell) != (1, False, "lstm")

    def as_dict(self):
        """All fields; those of a variation only for one."""
        fields = asdict(self)
        return fields if self.is_variation else {k: v for k, v in fields.items() if k not in VARIATION_FIELDS}


def build_model(sizes: ModelSizes, policy="float32") -> keras.Model:
    """The network as the tutorial writes it, uncompiled, with Keras' own initial weights and layer names; its layers' dtype policy is
    `policy`."""
    keras.utils.clear_session()  # layer names count from zero: lstm, dense, dense_1 …
    keras.config.set_dtype_policy(policy)
    front = {"lstm": _lstm_layers, "cnn-lstm": _cnn_lstm_layers, "conv-lstm": _conv_lstm_layers}[sizes.model]
    return keras.Sequential(
        [
            keras.Input(sizes.input_shape),
            *front(sizes),
            layers.Dense(sizes.dense, activation="relu"),
            layers.Dense(sizes.classes, activation="softmax"),
        ]
    )


def compile_model(model: keras.Model) -> keras.Model:
    """Compiles as the tutorial does: Adam with Keras' defaults, the loss a batch's mean."""
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def _lstm_layers(sizes):
    return [*(_recurrent_layer(sizes, index) for index in range(sizes.layers)), layers.Dropout(sizes.dropout)]


def _recurrent_layer(sizes, index):
    layer = CELLS[sizes.cell](sizes.units, return_sequences=index < sizes.layers - 1)
    return layers.Bidirectional(layer) if sizes.bidirectional else layer


def _cnn_lstm_layers(sizes):
    def convolution():
        return layers.TimeDistributed(layers.Conv1D(sizes.filters, sizes.kernel_size, activation="relu"))

    return [
        convolution(),
        convolution(),
        layers.TimeDistributed(layers.Dropout(sizes.dropout)),
        layers.TimeDistributed(layers.MaxPooling1D(2)),
        layers.TimeDistributed(layers.Flatten()),
        *_lstm_layers(sizes),
    ]


def _conv_lstm_layers(sizes):
    return [
        layers.ConvLSTM2D(
            sizes.filters,
            (1, sizes.kernel_size),
            activation="relu",
            recurrent_activation=RECURRENT_ACTIVATIONS[sizes.recurrent_activation],
        ),
        layers.Dropout(sizes.dropout),
        layers.Flatten(),
    ]
