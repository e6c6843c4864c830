"""Trains one of the three networks with Keras and prints how long its epochs took, as one JSON line.

KERAS_BACKEND=tensorflow|jax python keras_peer.py --data har.h5 --model lstm --threads 2 --epochs 3
"""

import os

import measuring

arguments = measuring.parse_arguments(__doc__.split("\n\n")[0])
measuring.limit_threads(arguments.threads)
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from har_models import ModelSizes, build_model, compile_model  # noqa: E402


class Timing(keras.callbacks.Callback):
    """Tells a measurement when epochs begin and end, and when the first step is done."""

    def __init__(self, measurement):
        super().__init__()
        self.measurement = measurement

    def on_epoch_begin(self, epoch, logs=None):
        self.measurement.epoch_began()

    def on_train_batch_end(self, batch, logs=None):
        self.measurement.step_ended()

    def on_epoch_end(self, epoch, logs=None):
        self.measurement.epoch_ended(logs["loss"])


def limit_tensorflow(threads):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def backend_versions(backend):
    if backend == "jax":
        import jax

        return {"keras": keras.__version__, "jax": jax.__version__}
    import tensorflow as tf

    return {"keras": keras.__version__, "tensorflow": tf.__version__}


def main():
    backend = keras.backend.backend()
    if backend == "tensorflow":
        limit_tensorflow(arguments.threads)
    keras.utils.set_random_seed(1)
    windows, labels = measuring.read_windows(arguments.data)
    sizes = ModelSizes(arguments.model)
    model = compile_model(build_model(sizes))
    measurement = measuring.Measurement(arguments)
    model.fit(
        sizes.shaped(windows),
        np.eye(sizes.classes, dtype=np.float32)[labels],
        batch_size=measuring.BATCH_SIZE,
        epochs=measurement.epochs_to_run,
        callbacks=[Timing(measurement)],
        verbose=0,
    )
    measurement.print_result(backend_versions(backend), model.count_params())


if __name__ == "__main__":
    main()
