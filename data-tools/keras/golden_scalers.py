"""Goldens of scikit-learn's scalers, fitted per signal and per signal and time step of windows `[N, T, C]`."""

import numpy as np
from sklearn.preprocessing import MinMaxScaler, PowerTransformer, RobustScaler, StandardScaler

from golden_files import create_golden_file, random_numbers, write_array, write_json

# Name → (scaler, the fitted attributes that a reader must reproduce).
SCALERS = {
    "standardize": (StandardScaler, ("mean_", "scale_", "var_")),
    "normalize": (MinMaxScaler, ("data_min_", "data_max_", "min_", "scale_")),
    "robust": (RobustScaler, ("center_", "scale_")),
    "power": (PowerTransformer, ("lambdas_",)),
}


def write_scaler_file(path):
    """Inputs once at the root; a group a scaler and a way of fitting, with statistics in float64."""
    train, test = _windows("scalers-train", 24), _windows("scalers-test", 7)
    with create_golden_file(path) as file:
        write_array(file, "train", train)
        write_array(file, "test", test)
        for name, (scaler, statistics) in SCALERS.items():
            for fit, shape in (("per-signal", (-1, train.shape[2])), ("per-signal-and-step", (-1, train[0].size))):
                _write_case(file.create_group(f"{name}/{fit}"), scaler(), statistics, shape, train, test)


def _windows(name, count, steps=6):
    """Columns that differ in place, spread and skew; the fourth is constant (a spread of zero scales by one)."""
    generator = random_numbers(name)
    windows = generator.normal(size=(count, steps, 5))
    windows[..., 1] = 4 + 0.25 * windows[..., 1]
    windows[..., 2] = np.exp(windows[..., 2])
    windows[..., 3] = 1.5
    windows[..., 4] = -np.square(windows[..., 4]) - 0.5
    return windows.astype("f")


def _write_case(group, scaler, statistics, shape, train, test):
    group.attrs["scaler"] = type(scaler).__name__
    write_json(group, "parameters", {key: value for key, value in scaler.get_params().items() if key != "copy"})
    scaler.fit(train.reshape(shape).astype(np.float64))
    for name in statistics:
        write_array(group, name.rstrip("_"), getattr(scaler, name), np.float64)
    if isinstance(scaler, PowerTransformer):
        # The standardizing that follows the power; scikit-learn keeps it in a private scaler.
        write_array(group, "mean", scaler._scaler.mean_, np.float64)
        write_array(group, "scale", scaler._scaler.scale_, np.float64)
    for name, windows in (("train", train), ("test", test)):
        transformed = scaler.transform(windows.reshape(shape).astype(np.float64))
        write_array(group, f"transformed-{name}", transformed.reshape(windows.shape))
