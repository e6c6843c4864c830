"""The three networks in PyTorch, as its users would write them when they mind speed: channels first, logits out.

Equal in architecture to the Keras ones. `nn.LSTM` keeps two biases a gate where Keras keeps one, so the LSTM networks
count 400 parameters more. Initial weights are PyTorch's own, which do not matter to the time an epoch takes.
"""

import torch
from torch import nn

SUBSEQUENCES = 4


class Classifier(nn.Module):
    """Dropout, Dense(100, relu), Dense(6): how all three networks end. Returns logits."""

    def __init__(self, inputs):
        super().__init__()
        self.layers = nn.Sequential(nn.Dropout(0.5), nn.Linear(inputs, 100), nn.ReLU(), nn.Linear(100, 6))

    def forward(self, x):
        return self.layers(x)


class LSTMNetwork(nn.Module):
    """`[N, 128, 9]` → LSTM(100), its last hidden state → classifier."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(9, 100, batch_first=True)
        self.classifier = Classifier(100)

    @staticmethod
    def shaped(windows):
        return windows

    def forward(self, x):
        _, (hidden, _) = self.lstm(x)
        return self.classifier(hidden[-1])


class CNNLSTMNetwork(nn.Module):
    """`[N, 4, 9, 32]` → two convolutions, dropout and pooling of every subsequence at once → LSTM(100) → classifier."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv1d(9, 64, 3),
            nn.ReLU(),
            nn.Conv1d(64, 64, 3),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.MaxPool1d(2),
            nn.Flatten(),
        )
        self.lstm = nn.LSTM(64 * 14, 100, batch_first=True)
        self.classifier = Classifier(100)

    @staticmethod
    def shaped(windows):
        return channels_first_subsequences(windows)

    def forward(self, x):
        features = self.features(x.flatten(0, 1)).unflatten(0, (x.shape[0], x.shape[1]))
        _, (hidden, _) = self.lstm(features)
        return self.classifier(hidden[-1])


def gated_step(gates, cell):
    """The ConvLSTM's new hidden and cell state from pre-activations `[N, 4 · filters, …]`."""
    gate_in, gate_forget, candidate, gate_out = gates.chunk(4, dim=1)
    new = torch.sigmoid(gate_in) * torch.relu(candidate)
    cell = new if cell is None else torch.sigmoid(gate_forget) * cell + new
    return torch.sigmoid(gate_out) * torch.relu(cell), cell


class ConvLSTMNetwork(nn.Module):
    """`[N, 4, 9, 32]` → a convolutional LSTM of 64 filters over the subsequences, relu for tanh → classifier.

    The input's convolution ('valid') runs once over all subsequences; only the recurrent one ('same') is in the loop,
    and its first turn is left out, the hidden state being zero.
    """

    filters = 64

    def __init__(self):
        super().__init__()
        self.input_convolution = nn.Conv1d(9, 4 * self.filters, 3)
        self.recurrent_convolution = nn.Conv1d(self.filters, 4 * self.filters, 3, padding=1, bias=False)
        self.classifier = Classifier(self.filters * 30)

    @staticmethod
    def shaped(windows):
        return channels_first_subsequences(windows)

    def forward(self, x):
        projected = self.input_convolution(x.flatten(0, 1)).unflatten(0, (x.shape[0], x.shape[1]))
        hidden = cell = None
        for step in projected.unbind(1):
            gates = step if hidden is None else step + self.recurrent_convolution(hidden)
            hidden, cell = gated_step(gates, cell)
        return self.classifier(hidden.flatten(1))


NETWORKS = {"lstm": LSTMNetwork, "cnn-lstm": CNNLSTMNetwork, "conv-lstm": ConvLSTMNetwork}


def channels_first_subsequences(windows):
    """`[N, 128, 9]` → `[N, 4, 9, 32]`, once for the whole data set."""
    return windows.unflatten(1, (SUBSEQUENCES, -1)).transpose(2, 3).contiguous()
