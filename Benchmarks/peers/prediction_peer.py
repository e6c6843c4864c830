"""Predicts with one of the three networks in another runtime and prints how long that took, as one JSON line.

    python prediction_peer.py --runtime openvino --data har.h5 --model lstm --weights model-01.h5

One window at a time, and batches. The runtimes get the network as ONNX, which PyTorch exports from the weights; their
probabilities for the test windows are held against --expected, a CSV file of `har-train predict`.
"""

import csv
import statistics
import tempfile
import time
from pathlib import Path

import measuring


def add_options(parser):
    parser.add_argument("--runtime", required=True, choices=list(RUNTIMES))
    parser.add_argument("--weights", required=True, help="a model file of har-train or Keras")
    parser.add_argument("--expected", help="probabilities to compare with, as har-train predict writes them")
    parser.add_argument("--precision", default="f32", choices=("f32", "bf16"), help="OpenVINO's hint")
    parser.add_argument("--batch", type=int, default=256, help="windows a batch")
    parser.add_argument("--seconds", type=float, default=2, help="how long each is measured")


def prepare_torch(network, batches, example):
    """Like each `prepare_…`: a function from windows `[N, 128, 9]`, N one of `batches`, to probabilities; versions."""

    def predict(windows):
        with torch.inference_mode():
            return network(torch.from_numpy(windows)).numpy()

    return predict, {}


def prepare_onnxruntime(network, batches, example):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    options.inter_op_num_threads = 1
    sessions = {
        batch: onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        for batch, model in exported(network, batches, example).items()
    }

    def predict(windows):
        return sessions[len(windows)].run(None, {"windows": windows})[0]

    return predict, {"onnxruntime": onnxruntime.__version__}


def prepare_openvino(network, batches, example):
    import openvino

    settings = {
        "INFERENCE_NUM_THREADS": arguments.threads,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": arguments.precision,
    }
    core = openvino.Core()
    requests = {
        batch: core.compile_model(core.read_model(model, b""), "CPU", settings).create_infer_request()
        for batch, model in exported(network, batches, example).items()
    }

    def predict(windows):
        request = requests[len(windows)]
        request.infer({0: windows}, share_inputs=True, share_outputs=True)
        return request.get_output_tensor().data

    return predict, {"openvino": openvino.__version__.split("-")[0]}


RUNTIMES = {"torch": prepare_torch, "onnxruntime": prepare_onnxruntime, "openvino": prepare_openvino}
arguments = measuring.parse_arguments(__doc__.split("\n\n")[0], add_options)
measuring.limit_threads(arguments.threads)

import keras_weights  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch_models import NETWORKS  # noqa: E402


class Probabilities(torch.nn.Module):
    """A network from windows as they are stored to probabilities."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, windows):
        return self.network(self.network.shaped(windows)).softmax(dim=1)


def exported(network, batches, example):
    """The network in ONNX for each batch, whose size is fixed: runtimes plan their memory and kernels by it."""
    models = {}
    with tempfile.TemporaryDirectory() as folder:
        for batch in batches:
            path = Path(folder) / f"{batch}.onnx"
            windows = torch.from_numpy(example[:batch])
            names = {"input_names": ["windows"], "output_names": ["probabilities"]}
            torch.onnx.export(network, (windows,), path, dynamo=False, opset_version=17, **names)
            models[batch] = path.read_bytes()
    return models


def seconds_per_call(predict, windows):
    """Of each call over `--seconds`, after as long again to warm up, but at most 100 calls."""
    began = time.perf_counter()
    for _ in range(100):
        predict(windows)
        if time.perf_counter() - began > arguments.seconds:
            break
    seconds = []
    began = time.perf_counter()
    while not seconds or time.perf_counter() - began < arguments.seconds:
        start = time.perf_counter()
        predict(windows)
        seconds.append(time.perf_counter() - start)
    return seconds


def largest_difference(predict, windows, expected_path):
    """Between what a runtime and what `expected_path` say of the test windows, whole batches of them."""
    with open(expected_path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    expected = np.array([row[7:] for row in rows], np.float32)
    if len(expected) != len(windows):
        raise ValueError(f"{expected_path}: expected {len(windows)} windows, found {len(expected)}")
    largest = 0.0
    for first in range(0, len(windows) - arguments.batch + 1, arguments.batch):
        part = slice(first, first + arguments.batch)
        largest = max(largest, float(np.abs(predict(windows[part]) - expected[part]).max()))
    return largest


def main():
    torch.set_num_threads(arguments.threads)
    torch.set_num_interop_threads(1)
    windows = measuring.read_windows(arguments.data, "test")[0]
    if len(windows) < arguments.batch:
        raise ValueError(f"{arguments.data}: expected a batch of {arguments.batch} test windows, found {len(windows)}")
    network = Probabilities(keras_weights.load(NETWORKS[arguments.model](), arguments.model, arguments.weights)).eval()
    predict, versions = RUNTIMES[arguments.runtime](network, (1, arguments.batch), windows)
    single = seconds_per_call(predict, np.ascontiguousarray(windows[:1]))
    batch = seconds_per_call(predict, np.ascontiguousarray(windows[: arguments.batch]))
    measuring.print_result(
        arguments,
        {"torch": torch.__version__, **versions},
        window_microseconds=statistics.median(single) * 1e6,
        windows_per_second=arguments.batch / statistics.median(batch),
        largest_difference=largest_difference(predict, windows, arguments.expected) if arguments.expected else None,
    )


if __name__ == "__main__":
    main()
