"""Trains one of the three networks with PyTorch and prints how long its epochs took, as one JSON line.

python torch_peer.py --data har.h5 --model conv-lstm --threads 2 --epochs 3 --channels-last --autocast
"""

import measuring


def add_options(parser):
    parser.add_argument("--channels-last", action="store_true", help="convolutions in channels-last memory")
    parser.add_argument("--autocast", action="store_true", help="bf16 where PyTorch's autocast takes it")


arguments = measuring.parse_arguments(__doc__.split("\n\n")[0], add_options)
measuring.limit_threads(arguments.threads)

import torch  # noqa: E402
import torch_models  # noqa: E402
import torch_models_channels_last  # noqa: E402


def train_epoch(network, optimizer, windows, labels, measurement):
    """One pass in a fresh order. The loss is the mean over the windows."""
    loss_function = torch.nn.functional.cross_entropy
    total = 0.0
    for rows in torch.randperm(len(windows)).split(measuring.BATCH_SIZE):
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=arguments.autocast):
            logits = network(windows[rows])
        loss = loss_function(logits.float(), labels[rows])
        loss.backward()
        optimizer.step()
        measurement.step_ended()
        total += loss.item() * len(rows)
    return total / len(windows)


def main():
    torch.set_num_threads(arguments.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    windows, labels = map(torch.from_numpy, measuring.read_windows(arguments.data))
    if arguments.channels_last:
        networks = {**torch_models.NETWORKS, **torch_models_channels_last.NETWORKS}
    else:
        networks = torch_models.NETWORKS
    network = networks[arguments.model]()
    windows = network.shaped(windows)
    optimizer = torch.optim.Adam(network.parameters(), eps=1e-7, fused=True)
    measurement = measuring.Measurement(arguments)
    network.train()
    for _ in range(measurement.epochs_to_run):
        measurement.epoch_began()
        measurement.epoch_ended(train_epoch(network, optimizer, windows, labels, measurement))
    parameters = sum(parameter.numel() for parameter in network.parameters())
    measurement.print_result({"torch": torch.__version__}, parameters)


if __name__ == "__main__":
    main()
