import json
import tempfile
import unittest
from pathlib import Path

import registry
import report
from processor import Processor

MACHINE = Processor("Zen 4", 2, frozenset({"avx512f", "avx512_bf16"}))


def trained(peer, seconds, table="experts, f32", model="lstm", threads=1, precision="f32", loss=0.5, turn=1):
    common = {"task": "training", "peak_memory_mb": 100.0, "startup_seconds": 1.0, "versions": {}}
    told = {"peer": peer, "title": peer, "table": table, "model": model, "threads": threads, "precision": precision}
    return {**common, **told, "round": turn, "seconds_per_epoch": seconds, "final_loss": loss}


def predicted(peer, microseconds, windows, difference=1e-6, precision="f32"):
    told = {"peer": peer, "title": peer, "task": "prediction", "table": precision, "precision": precision}
    measured = {"window_microseconds": microseconds, "windows_per_second": windows, "peak_memory_mb": 100.0}
    return {**told, "model": "lstm", "threads": 1, **measured, "largest_difference": difference}


def failed(peer, error, table="experts, f32", model="lstm"):
    told = {"peer": peer, "title": peer, "task": "training", "table": table, "precision": "f32"}
    return {**told, "model": model, "threads": 1, "round": 1, "error": error}


def cells(text, *first):
    """The cells of the one line that has `first` among them."""
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    (found,) = [line for line in lines if set(first) <= set(line)]
    return found


class ReportTests(unittest.TestCase):
    def markdown(self, *results, left_out=None):
        return report.markdown(list(results), MACHINE, left_out or {}, 3)

    def test_a_rows_time_is_the_median_of_the_rounds_medians(self):
        runs = [trained("ours", seconds, turn=turn) for turn, seconds in enumerate(([1, 1, 9], [2, 2, 2], [7, 7, 7]))]
        row = cells(self.markdown(*runs, trained("torch", [6.0])), "**ours, f32**")
        self.assertEqual(row[3:7], ["2.00", "1.00", "3.00x", "3"])

    def test_peers_stand_behind_ours_from_the_fastest_to_the_slowest(self):
        text = self.markdown(trained("slow", [9.0]), trained("fast", [4.0]), trained("ours", [2.0]))
        self.assertEqual(cells(text, "fast")[5], "1.00x")
        self.assertEqual(cells(text, "slow")[5], "0.44x")
        self.assertLess(text.index("**ours"), text.index("fast |"))
        self.assertLess(text.index("| fast"), text.index("| slow"))

    def test_each_table_has_its_own_best_and_the_strongest_in_f32_is_of_both(self):
        text = self.markdown(
            *(trained("ours", [2.0], table) for table in ("what users run, f32", "experts, f32")),
            trained("keras", [3.0], "what users run, f32"),
            trained("tuned", [4.0], "experts, f32"),
            trained("ours", [1.0], "experts, bf16", precision="mixed"),
            trained("autocast", [1.5], "experts, bf16", precision="bf16"),
        )
        self.assertEqual(cells(text, "what users run, f32", "1")[2:], ["1.50x (keras)", "1.50x"])
        self.assertEqual(cells(text, "experts, f32", "1")[2:], ["2.00x (tuned)", "2.00x"])
        self.assertEqual(cells(text, "experts, bf16", "1")[2:], ["1.50x (autocast)", "1.50x"])
        self.assertEqual(cells(text, "the strongest in f32", "1")[2:], ["1.50x (keras)", "1.50x"])
        self.assertIn("**ours, mixed**", text.split("## Training: experts, bf16")[1])
        self.assertNotIn("autocast", text.split("## Training: experts, f32")[1].split("##")[0])

    def test_the_mean_over_networks_is_the_geometric_one_and_only_of_all(self):
        results = [trained("ours", [1.0], model=model) for model in registry.MODELS]
        results += [
            trained("torch", [s], model=model) for s, model in zip((1.0, 2.0, 4.0), registry.MODELS, strict=True)
        ]
        self.assertEqual(cells(self.markdown(*results), "1", "4.00x (torch)")[-1], "2.00x")
        self.assertEqual(cells(self.markdown(*results[:-1]), "1", "2.00x (torch)")[-1], "")

    def test_a_peer_that_does_not_learn_is_marked_and_is_nobodys_best(self):
        text = self.markdown(
            trained("ours", [2.0]),
            trained("torch", [5.0]),
            trained("broken", [1.0], loss=1.79),
            trained("nan", [1.0], loss=float("nan")),
        )
        self.assertEqual(cells(text, "broken")[-1], "1.790 (does not learn)")
        self.assertEqual(cells(text, "nan")[-1], "nan (does not learn)")
        self.assertEqual(cells(text, "**ours, f32**")[5], "2.50x")

    def test_a_failed_peer_is_reported_and_stops_nobody(self):
        error = "exited with 1: ModuleNotFoundError: No module named 'jax'"
        text = self.markdown(trained("ours", [2.0]), failed("jax", error), trained("torch", [3.0]))
        row = cells(text, "jax")
        self.assertEqual(row[3], f"failed: {error}")
        self.assertEqual(len(row), len(cells(text, "torch", "3.00")))
        self.assertEqual(cells(text, "**ours, f32**")[5], "1.50x")

    def test_without_a_peer_there_is_no_ratio(self):
        row = cells(self.markdown(trained("ours", [2.0]), failed("jax", "gone")), "**ours, f32**")
        self.assertEqual(row[5], "")

    def test_prediction_has_ratios_of_latency_and_of_throughput_to_the_best_of_each(self):
        text = self.markdown(
            predicted("ours", 100, 9000, difference=None), predicted("soon", 150, 5000), predicted("many", 300, 6000)
        )
        self.assertEqual(cells(text, "**ours, f32**")[2:6], ["100", "1.50x", "9000", "1.50x"])
        self.assertEqual(cells(text, "many")[2:6], ["300", "0.50x", "6000", "1.00x"])

    def test_a_peer_with_other_probabilities_is_another_network(self):
        text = self.markdown(
            predicted("ours", 100, 9000, difference=None),
            predicted("wrong", 10, 99999, 0.01),
            predicted("right", 200, 4500),
        )
        self.assertEqual(cells(text, "wrong")[-1], "1.0e-02 (another network)")
        self.assertEqual(cells(text, "**ours, f32**")[2:6], ["100", "2.00x", "9000", "2.00x"])
        rounded = self.markdown(predicted("bf16", 10, 99999, 0.01, "bf16"))
        self.assertEqual(cells(rounded, "bf16")[-1], "1.0e-02")

    def test_what_was_left_out_is_said_with_its_reason(self):
        text = self.markdown(left_out={"no bf16 here": [registry.PEERS["torch-bf16"], registry.PEERS["jax-bf16"]]})
        self.assertIn("- Left out (no bf16 here): torch-bf16, jax-bf16.", text)

    def test_runs_are_saved_as_json_lines(self):
        results = [trained("ours", [2.0]), failed("jax", "gone")]
        with tempfile.TemporaryDirectory() as folder:
            report.save(Path(folder) / "results", "text\n", results)
            (lines,) = (Path(folder) / "results").glob("*.jsonl")
            self.assertEqual([json.loads(line) for line in lines.read_text().splitlines()], results)


if __name__ == "__main__":
    unittest.main()
