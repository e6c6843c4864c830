"""Weights of a Keras `.h5` file, as har-train writes them too, in the PyTorch networks of torch_models.py."""

import h5py
import torch
from torch import nn

FILTERS, POOLED, HIDDEN_LENGTH = 64, 14, 30


def read_weights(path):
    """The file's weights by the last two words of their names: `dense/kernel`, `lstm_cell/bias`."""
    weights = {}

    def collect(name, item):
        if isinstance(item, h5py.Dataset):
            weights["/".join(name.split("/")[-2:])] = torch.from_numpy(item[()])

    with h5py.File(path) as file:
        file["model_weights"].visititems(collect)
    return weights


def load(network, model, path):
    """Copies a file's weights into `NETWORKS[model]()`."""
    weights = read_weights(path)
    with torch.no_grad():
        first, last = (layer for layer in network.classifier.layers if isinstance(layer, nn.Linear))
        dense = weights["dense/kernel"]
        if model == "conv-lstm":
            _copy_convolution(
                network.input_convolution, weights["conv_lstm_cell/kernel"], weights["conv_lstm_cell/bias"]
            )
            _copy_convolution(network.recurrent_convolution, weights["conv_lstm_cell/recurrent_kernel"])
            dense = _channels_first(dense, HIDDEN_LENGTH)
        else:
            kernel = weights["lstm_cell/kernel"]
            if model == "cnn-lstm":
                kernel = _channels_first(kernel, POOLED)
                for layer, name in ((network.features[0], "conv1d"), (network.features[2], "conv1d_1")):
                    _copy_convolution(layer, weights[f"{name}/kernel"], weights[f"{name}/bias"])
            network.lstm.weight_ih_l0.copy_(kernel.T)
            network.lstm.weight_hh_l0.copy_(weights["lstm_cell/recurrent_kernel"].T)
            network.lstm.bias_ih_l0.copy_(weights["lstm_cell/bias"])
            network.lstm.bias_hh_l0.zero_()
        first.weight.copy_(dense.T)
        first.bias.copy_(weights["dense/bias"])
        last.weight.copy_(weights["dense_1/kernel"].T)
        last.bias.copy_(weights["dense_1/bias"])
    return network


def _copy_convolution(layer, kernel, bias=None):
    """`kernel` `[…, 3, C, F]` → `[F, C, 3]`."""
    layer.weight.copy_(kernel.reshape(kernel.shape[-3:]).permute(2, 1, 0))
    if bias is not None:
        layer.bias.copy_(bias)


def _channels_first(kernel, positions):
    """Rows that Keras flattened as `[positions, filters]`, in the order of PyTorch's `[filters, positions]`."""
    return kernel.unflatten(0, (positions, FILTERS)).transpose(0, 1).flatten(0, 1)
