"""Every peer by its name: the script that runs it, with which options and variables, and the table that it stands in.

A new peer is an entry here; compare.py, the report and `--peers` know it by that.
"""

from dataclasses import dataclass, field

MODELS = ("lstm", "cnn-lstm", "conv-lstm")
WITH_CONVOLUTIONS = ("cnn-lstm", "conv-lstm")
F32, BF16 = "f32", "bf16"
TRAINING, PREDICTION = "training", "prediction"
USERS, EXPERTS = "what users run", "experts"

# glibc gives freed blocks above a threshold back to the system at once, and a training step frees and allocates the
# same megabytes again and again: every time the system must map, zero and fault in their pages. With these, blocks
# below 1 GiB come from the heap, which grows by 256 MiB and is not trimmed while less than 2 GiB are free at its top.
ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 31),
    "MALLOC_TOP_PAD_": str(1 << 28),
}
# XLA otherwise prefers vectors of 256 bits even where there are 512.
WIDE_VECTORS = {"XLA_FLAGS": "--xla_cpu_prefer_vector_width=512"}


@dataclass(frozen=True, eq=False)
class Peer:
    """`variables` are set for its process, `avx512_variables` only on a processor with AVX-512. `models` are the
    networks for which it is another program than the other peers."""

    name: str
    title: str
    script: str
    options: tuple = ()
    task: str = TRAINING
    audience: str = EXPERTS
    precision: str = F32
    models: tuple = MODELS
    variables: dict = field(default_factory=dict)
    avx512_variables: dict = field(default_factory=dict)

    @property
    def table(self):
        """The heading of its table: every precision of every audience has one of its own."""
        return f"{self.audience}, {self.precision}" if self.task == TRAINING else self.precision

    def variables_on(self, processor):
        return {**self.variables, **(self.avx512_variables if processor.has_avx512 else {})}

    def obstacle(self, processor):
        """Why it is left out on this processor unless asked for by name; None where nothing speaks against it."""
        if self.precision == BF16 and not processor.has_bf16:
            return "no AVX512_BF16 or AMX_BF16 here, bf16 would be emulated, very slowly"
        return None


def _pytorch(name, title, *options, **more):
    return Peer(name, f"PyTorch, {title}", "torch_peer.py", options, variables=ALLOCATOR, **more)


def _jax(name, title, *options, **more):
    return Peer(
        name, f"JAX by hand{title}", "jax_peer.py", options, variables=ALLOCATOR, avx512_variables=WIDE_VECTORS, **more
    )


def _users(name, title, script, **variables):
    return Peer(name, title, script, audience=USERS, variables=variables)


def _predicting(name, title, runtime, *options, **more):
    options = ("--runtime", runtime, *options)
    return Peer(name, title, "prediction_peer.py", options, task=PREDICTION, variables=ALLOCATOR, **more)


_ALL = (
    _users("keras-tensorflow", "Keras on TensorFlow", "keras_peer.py", KERAS_BACKEND="tensorflow"),
    _users("keras-jax", "Keras on JAX", "keras_peer.py", KERAS_BACKEND="jax"),
    _users("torch", "PyTorch", "torch_peer.py"),
    _pytorch("torch-malloc", "allocator"),
    _pytorch("torch-channels-last", "allocator, channels last", "--channels-last", models=WITH_CONVOLUTIONS),
    _jax("jax", ""),
    _jax("jax-winograd", ", Winograd", "--convolution", "winograd", models=WITH_CONVOLUTIONS),
    _pytorch("torch-bf16", "allocator, bf16 autocast", "--autocast", precision=BF16),
    _pytorch(
        "torch-channels-last-bf16",
        "allocator, channels last, bf16 autocast",
        *("--channels-last", "--autocast"),
        models=WITH_CONVOLUTIONS,
        precision=BF16,
    ),
    _jax("jax-bf16", ", bf16 products", "--products", "bf16", precision=BF16),
    _jax(
        "jax-winograd-bf16",
        ", Winograd, bf16 products",
        *("--convolution", "winograd", "--products", "bf16"),
        models=WITH_CONVOLUTIONS,
        precision=BF16,
    ),
    _predicting("predict-torch", "PyTorch", "torch"),
    _predicting("predict-onnxruntime", "ONNX Runtime", "onnxruntime"),
    _predicting("predict-openvino", "OpenVINO", "openvino"),
    _predicting("predict-openvino-bf16", "OpenVINO, bf16", "openvino", "--precision", "bf16", precision=BF16),
)
PEERS = {peer.name: peer for peer in _ALL}


def choose(names, processor):
    """The peers to run, and those left out by the reason. With `names`, those and nobody else, whatever stands in their
    way; without, all that nothing speaks against. An unknown name is a ValueError."""
    unknown = sorted(set(names or ()) - set(PEERS))
    if unknown:
        raise ValueError(f"no peer named {', '.join(unknown)}; there are {', '.join(PEERS)}")
    if names:
        return [PEERS[name] for name in dict.fromkeys(names)], {}
    chosen, left_out = [], {}
    for peer in PEERS.values():
        reason = peer.obstacle(processor)
        group = left_out.setdefault(reason, []) if reason else chosen
        group.append(peer)
    return chosen, left_out
