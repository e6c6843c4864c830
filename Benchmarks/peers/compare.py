"""Runs ours and the peers in turn on the same store, and writes tables of both for each precision.

    python Benchmarks/peers/compare.py --har-train .build/release/har-train --data har.h5 --threads 1,2 --rounds 3

Every run is a process of its own, pinned to as many cores as it has threads. Makes the virtual environment
`.venv-peers` for itself; saves Markdown, and the runs as JSON lines, under Benchmarks/results/. Standard library only.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import ours
import processor
import registry
import report
from measured_process import run_measured
from registry import F32, MODELS, PEERS, PREDICTION, TRAINING

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.insert(0, str(REPOSITORY / "data-tools" / "keras"))

from environment import prepare_environment  # noqa: E402


def parse_arguments(words=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--har-train", type=Path, required=True, help="the har-train executable")
    parser.add_argument("--har-bench", type=Path, help="the har-bench executable; without it, no prediction")
    parser.add_argument("--data", type=Path, required=True, help="an HDF5 store made by har-convert")
    parser.add_argument("--threads", type=comma_separated(int), default=[1, 2], metavar="1,2", help="of training")
    parser.add_argument("--models", type=comma_separated(str), default=list(MODELS), help=f"of {','.join(MODELS)}")
    parser.add_argument(
        "--peers",
        type=comma_separated(str),
        help=f"those alone, even where they are left out by themselves; of {','.join(PEERS)}",
    )
    parser.add_argument(
        "--without",
        type=comma_separated(str),
        default=[],
        metavar="PEER,…",
        help="not these; PEER/MODEL for one network",
    )
    parser.add_argument("--precision", default=F32, choices=(F32, "mixed"), help="ours, beside bf16 peers")
    parser.add_argument("--epochs", type=int, default=3, help="measured epochs a run, after one to warm up")
    parser.add_argument("--rounds", type=int, default=1, help="how often each peer's turn comes")
    parser.add_argument(
        "--leave-behind",
        type=float,
        default=2,
        metavar="X",
        help="peers X times slower than their table's best in the first round have no other; 0 for none",
    )
    parser.add_argument("--timeout", type=float, default=1200, help="seconds after which a run is given up")
    parser.add_argument("--python", type=Path, help="an interpreter that has the peers, instead of .venv-peers")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Benchmarks" / "results")
    arguments = parser.parse_args(words)
    unknown = sorted(set(arguments.models) - set(MODELS))
    if unknown:
        parser.error(f"no network named {', '.join(unknown)}; there are {', '.join(MODELS)}")
    known = {*PEERS, *(f"{peer}/{model}" for peer in PEERS for model in MODELS)}
    unknown = sorted(set(arguments.without) - known)
    if unknown:
        parser.error(f"--without: no peer named {', '.join(unknown)}; there are {', '.join(PEERS)}")
    for name in ("epochs", "rounds"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name}: expected at least 1, found {getattr(arguments, name)}")
    return arguments


def comma_separated(kind):
    return lambda text: [kind(part) for part in text.split(",") if part]


class Contest(NamedTuple):
    """What ours and peers do in turn: `run_ours` takes a precision, `options` are those that all peers' scripts get."""

    task: str
    model: str
    threads: int
    run_ours: Callable
    options: list


class Comparison:
    """The runs of ours and of peers, one after the other, and what came of them."""

    def __init__(self, arguments, peers, machine, python):
        self.arguments = arguments
        self.peers = peers
        self.machine = machine
        self.python = python
        self.results = []

    def train(self, model, threads):
        def train_ours(precision):
            return ours.train(self.arguments, model, threads, precision)

        self.take_turns(Contest(TRAINING, model, threads, train_ours, ["--epochs", self.arguments.epochs]))

    def predict(self, model, folder):
        def predict_ours(precision):
            return ours.predict(self.arguments, model, precision)

        contest = Contest(PREDICTION, model, 1, predict_ours, [])
        if not self.tables(contest):
            return
        try:
            weights, expected = ours.save_trained(self.arguments, model, folder)
        except (RuntimeError, OSError) as error:
            self._record(contest, F32, 1, "ours", "ours", F32, {"error": str(error)})
            return
        self.take_turns(contest._replace(options=["--weights", weights, "--expected", expected]))

    def tables(self, contest):
        """Heading → peers, for those of a task that run a network."""
        tables = {}
        for peer in self.peers:
            left_out = {peer.name, f"{peer.name}/{contest.model}"} & set(self.arguments.without)
            if peer.task == contest.task and contest.model in peer.models and not left_out:
                tables.setdefault(peer.table, []).append(peer)
        return tables

    def take_turns(self, contest):
        tables = self.tables(contest)
        for turn in range(1, self.arguments.rounds + 1):
            tables = {table: self._turn(contest, table, peers, turn) for table, peers in tables.items() if peers}

    def _turn(self, contest, table, peers, turn):
        """Ours once and each of a table's peers once. Returns the peers that stay for another round."""
        precision = F32 if peers[0].precision == F32 else self.arguments.precision
        result = attempt(contest.run_ours, precision)
        self._record(contest, table, turn, "ours", "ours", precision, result)
        costs = {}
        for peer in peers:
            result = attempt(self.run_peer, peer, contest)
            self._record(contest, table, turn, peer.name, peer.title, peer.precision, result)
            costs[peer] = report.cost(result)
        return [peer for peer in peers if self._stays(contest.task, costs, peer)]

    def _stays(self, task, costs, peer):
        """Whether a peer has another round: it didn't fail, nor is it far behind, but where a round is short."""
        if costs[peer] is None:
            return False
        if task == PREDICTION or not self.arguments.leave_behind:
            return True
        best = min(cost for cost in costs.values() if cost is not None)
        return costs[peer] <= self.arguments.leave_behind * best

    def run_peer(self, peer, contest):
        command = [self.python, HERE / peer.script, "--data", self.arguments.data, "--model", contest.model]
        command += ["--threads", contest.threads, *contest.options, *peer.options]
        variables = peer.variables_on(self.machine)
        output = run_measured(command, contest.threads, self.arguments.timeout, variables).output
        return json.loads(output.strip().splitlines()[-1])

    def _record(self, contest, table, turn, name, title, precision, result):
        task, model, threads = contest.task, contest.model, contest.threads
        told = {"peer": name, "title": title, "task": task, "table": table, "precision": precision}
        self.results.append({**told, "model": model, "threads": threads, "round": turn, **result})
        what = result.get("error") or report.in_short(result)
        print(f"{task}, {model}, {threads} threads, round {turn}, {name}: {what}", file=sys.stderr, flush=True)


def attempt(action, *arguments):
    """A run's result, or the reason why there is none: one failing peer must not lose the others."""
    try:
        return action(*arguments)
    except (RuntimeError, OSError, ValueError, KeyError, IndexError) as error:
        return {"error": str(error) or type(error).__name__}


def main() -> int:
    arguments = parse_arguments()
    machine = processor.this_processor()
    try:
        peers, left_out = registry.choose(arguments.peers, machine)
    except ValueError as error:
        sys.exit(f"compare.py: {error}")
    for reason, without in left_out.items():
        names = ", ".join(peer.name for peer in without)
        print(f"left out: {names}: {reason}; --peers NAME runs one all the same", file=sys.stderr)
    python = arguments.python or prepare_environment(".venv-peers", "requirements-peers.txt", whole=False)
    comparison = Comparison(arguments, peers, machine, python)
    for threads in arguments.threads:
        if threads > machine.cores:
            print(f"{threads} threads left out: {machine.cores} cores at hand", file=sys.stderr)
            continue
        for model in arguments.models:
            comparison.train(model, threads)
    if arguments.har_bench:
        with tempfile.TemporaryDirectory() as folder:
            for model in arguments.models:
                comparison.predict(model, folder)
    text = report.markdown(comparison.results, machine, left_out, arguments.epochs)
    print(text)
    report.save(arguments.output, text, comparison.results)
    failed = [result for result in comparison.results if "error" in result]
    return 1 if failed or not comparison.results else 0


if __name__ == "__main__":
    sys.exit(main())
