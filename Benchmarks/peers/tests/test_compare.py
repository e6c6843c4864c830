import contextlib
import io
import unittest

import compare
import registry
from processor import Processor

MACHINE = Processor("Zen 3", 2, frozenset())


def comparison(*options, peers=None):
    arguments = compare.parse_arguments(["--har-train", "har-train", "--data", "har.h5", *options])
    return compare.Comparison(arguments, registry.choose(peers, MACHINE)[0], MACHINE, "python")


def training(model, run_ours=None):
    return compare.Contest("training", model, 1, run_ours, [])


class Turns:
    """Stands in for the processes: every peer takes as many seconds as it is told to."""

    def __init__(self, comparison, seconds):
        self.seconds = seconds
        self.order = []
        comparison.run_peer = lambda peer, contest: self.run(peer.name)
        self.comparison = comparison

    def run(self, name):
        self.order.append(name)
        seconds = self.seconds[name]
        if seconds is None:
            raise RuntimeError("exited with 1: no module named jax")
        return {"seconds_per_epoch": [seconds], "final_loss": 0.5}

    def take(self, model="lstm"):
        with contextlib.redirect_stderr(io.StringIO()):
            self.comparison.take_turns(training(model, lambda precision: self.run(f"ours {precision}")))
        return self.order


class CompareTests(unittest.TestCase):
    seconds = {
        "ours f32": 1,
        "ours mixed": 1,
        "keras-tensorflow": 5,
        "torch": 3,
        "jax": 2,
        "torch-bf16": 2,
        "torch-malloc": 2,
    }

    def test_ours_is_in_turn_with_the_peers_of_every_table(self):
        turns = Turns(comparison("--rounds", "2", peers=["torch", "jax"]), self.seconds)
        self.assertEqual(turns.take(), ["ours f32", "torch", "ours f32", "jax"] * 2)

    def test_ours_beside_bf16_is_of_the_precision_asked_for_and_f32_beside_f32(self):
        peers = ["torch-malloc", "torch-bf16"]
        turns = Turns(comparison("--precision", "mixed", peers=peers), self.seconds)
        self.assertEqual(turns.take(), ["ours f32", "torch-malloc", "ours mixed", "torch-bf16"])
        self.assertEqual(Turns(comparison(peers=peers), self.seconds).take()[2], "ours f32")

    def test_a_peer_far_behind_or_failed_has_no_second_round(self):
        turns = Turns(
            comparison("--rounds", "2", "--leave-behind", "1.5", peers=["keras-tensorflow", "torch"]), self.seconds
        )
        self.assertEqual(turns.take(), ["ours f32", "keras-tensorflow", "torch", "ours f32", "torch"])
        turns = Turns(comparison("--rounds", "2", peers=["torch", "jax"]), {**self.seconds, "jax": None})
        self.assertEqual(turns.take(), ["ours f32", "torch", "ours f32", "jax", "ours f32", "torch"])
        self.assertIn("no module", turns.comparison.results[3]["error"])

    def test_peers_run_the_networks_that_are_theirs_but_for_those_asked_not_to(self):
        everybody = comparison("--without", "torch,keras-jax/lstm")
        names = {
            model: [p.name for ps in everybody.tables(training(model)).values() for p in ps]
            for model in registry.MODELS
        }
        self.assertEqual(names["lstm"], ["keras-tensorflow", "torch-malloc", "jax"])
        self.assertIn("keras-jax", names["conv-lstm"])
        self.assertIn("jax-winograd", names["conv-lstm"])

    def test_unknown_names_and_counts_out_of_range_are_wrong_usage(self):
        for options in (
            ["--without", "mxnet"],
            ["--models", "gru"],
            ["--rounds", "0"],
            ["--epochs", "0"],
            ["--precision", "f16"],
        ):
            with self.subTest(options), contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit):
                comparison(*options)


if __name__ == "__main__":
    unittest.main()
