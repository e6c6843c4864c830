"""The networks with convolutions in PyTorch's channels-last layout: `[N, C, 1, L]` tensors that lie as `[N, 1, L, C]`.

That is the order in which the windows lie anyway, and oneDNN's convolutions need not reorder it. Same layers as in
torch_models.py; what follows the convolutions reads their outputs in memory's order, as Keras does.
"""

import torch
from torch import nn
from torch_models import SUBSEQUENCES, Classifier, gated_step


def subsequences(windows):
    """`[N, 128, 9]` → `[N, 4, 32, 9]`; memory stays as it is."""
    return windows.unflatten(1, (SUBSEQUENCES, -1))


def as_image(x):
    """`[N, L, C]` → `[N, C, 1, L]`, channels last, without a copy."""
    return x.unsqueeze(1).permute(0, 3, 1, 2)


def in_memory_order(image):
    """`[N, C, 1, L]`, channels last → `[N, L · C]`, without a copy."""
    return image.permute(0, 2, 3, 1).flatten(1)


def convolution(channels, filters, padding=0, bias=True):
    layer = nn.Conv2d(channels, filters, (1, 3), padding=(0, padding), bias=bias)
    return layer.to(memory_format=torch.channels_last)


class CNNLSTMNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            convolution(9, 64), nn.ReLU(), convolution(64, 64), nn.ReLU(), nn.Dropout(0.5), nn.MaxPool2d((1, 2))
        )
        self.lstm = nn.LSTM(64 * 14, 100, batch_first=True)
        self.classifier = Classifier(100)

    shaped = staticmethod(subsequences)

    def forward(self, x):
        features = in_memory_order(self.features(as_image(x.flatten(0, 1))))
        _, (hidden, _) = self.lstm(features.unflatten(0, (x.shape[0], x.shape[1])))
        return self.classifier(hidden[-1])


class ConvLSTMNetwork(nn.Module):
    filters = 64

    def __init__(self):
        super().__init__()
        self.input_convolution = convolution(9, 4 * self.filters)
        self.recurrent_convolution = convolution(self.filters, 4 * self.filters, padding=1, bias=False)
        self.classifier = Classifier(self.filters * 30)

    shaped = staticmethod(subsequences)

    def forward(self, x):
        # The subsequence comes first, so that one step's images lie together.
        projected = self.input_convolution(as_image(x.transpose(0, 1).flatten(0, 1)))
        hidden = cell = None
        for step in projected.chunk(x.shape[1]):
            gates = step if hidden is None else step + self.recurrent_convolution(hidden)
            hidden, cell = gated_step(gates, cell)
        return self.classifier(in_memory_order(hidden))


NETWORKS = {"cnn-lstm": CNNLSTMNetwork, "conv-lstm": ConvLSTMNetwork}
