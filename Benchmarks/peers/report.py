"""The report of a comparison in Markdown: tables of ours and the peers, and how many times faster ours is."""

import datetime
import json
import math
import statistics

from registry import EXPERTS, F32, PREDICTION, TRAINING, USERS

TITLES = {"lstm": "LSTM", "cnn-lstm": "CNN-LSTM", "conv-lstm": "ConvLSTM"}
# Guessing among six activities costs ln 6 = 1.79: whoever is still there after some epochs learns nothing.
LOSS_OF_A_LEARNER = 1.6
# Probabilities of the same network may differ by so much, with products in f32 and in bf16.
TOLERANCES = {"f32": 1e-4, "bf16": 0.1}


def cost(result):
    """What a run took, to compare with others of its task; None for one that failed."""
    if "error" in result:
        return None
    if "seconds_per_epoch" in result:
        return statistics.median(result["seconds_per_epoch"])
    return result["window_microseconds"]


def in_short(result):
    if "seconds_per_epoch" in result:
        return f"{cost(result):.2f} s an epoch, loss {result['final_loss']:.3f}"
    return f"{cost(result):.0f} µs a window, {result['windows_per_second']:.0f} windows/s"


class Row:
    """All runs of one peer, or of ours, with one network and number of threads in one table."""

    def __init__(self, runs):
        self.runs = [run for run in runs if "error" not in run]
        self.error = next((run["error"] for run in runs if "error" in run), None)
        self.is_ours = runs[0]["peer"] == "ours"
        self.title = f"**ours, {runs[0]['precision']}**" if self.is_ours else runs[0]["title"]

    def median(self, measure):
        """Over the rounds, of what `measure` makes of each."""
        return statistics.median(map(measure, self.runs)) if self.runs else None

    def most(self, key):
        return max(run[key] for run in self.runs)

    @property
    def objection(self):
        """Why its time doesn't count, though it has one: it isn't the same work."""
        for run in self.runs:
            if "final_loss" in run and not run["final_loss"] < LOSS_OF_A_LEARNER:
                return "does not learn"
            difference = run.get("largest_difference")
            if difference is not None and not difference <= TOLERANCES[run["precision"]]:
                return "another network"
        return None

    @property
    def counts(self):
        return bool(self.runs) and not self.objection


def rows_of(results):
    """Ours first, then the peers from the fastest to the slowest, those that failed last."""
    groups = {}
    for result in results:
        groups.setdefault((result["peer"], result["precision"]), []).append(result)
    return sorted(map(Row, groups.values()), key=lambda row: (not row.is_ours, row.median(cost) or math.inf))


def best_peer(rows, measure, better=min):
    """The peer that is best by a measure; None where no peer counts."""
    peers = [row for row in rows if not row.is_ours and row.counts]
    return better(peers, key=lambda row: row.median(measure), default=None)


def markdown(results, machine, left_out, epochs):
    """The whole report. `left_out` has the peers that were not run, by the reason."""
    versions = {name: version for result in results for name, version in result.get("versions", {}).items()}
    lines = [
        "# Speed beside the peers",
        "",
        f"- Processor: {machine.name}, {machine.cores} cores{_instructions(machine)}",
        f"- Date: {datetime.date.today().isoformat()}",
        f"- Versions: {', '.join(f'{name} {version}' for name, version in sorted(versions.items()))}",
        "- Ours and the peers ran in turn, each in a process of its own, pinned to as many cores as it had threads.",
        "  Figures are medians over the rounds; ratios say how many times faster than the table's best peer a row is.",
    ]
    for reason, peers in left_out.items():
        lines.append(f"- Left out ({reason}): {', '.join(peer.name for peer in peers)}.")
    training = [result for result in results if result["task"] == TRAINING]
    if training:
        lines += ["", "## Training: how many times faster than the best peer", "", *_summary(training)]
        for table in _tables(training):
            lines += ["", f"## Training: {table}", ""]
            if table == _tables(training)[0]:
                lines += [
                    f"Seconds per epoch in batches of 64, {epochs} epochs a run after one to warm up. Start-up is from launch",
                    "to the end of the first step (ours: to the start of the first epoch; JAX by hand: to its end).",
                    "",
                ]
            lines += _training_table([result for result in training if result["table"] == table])
    prediction = [result for result in results if result["task"] == PREDICTION]
    for table in _tables(prediction):
        lines += ["", f"## Prediction: {table}", ""]
        if table == _tables(prediction)[0]:
            lines += [
                "On one thread, a window at a time, and in batches. The difference is the largest between the",
                "probabilities of a peer and ours, from the same weights.",
                "",
            ]
        lines += _prediction_table([result for result in prediction if result["table"] == table])
    return "\n".join(lines) + "\n"


def save(folder, text, results):
    """Writes the report and the runs behind it, named by the day."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"peers-{datetime.date.today().isoformat()}"
    (folder / f"{name}.md").write_text(text)
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(result) + "\n" for result in results))


def _instructions(machine):
    found = [name for name, there in (("AVX-512", machine.has_avx512), ("bf16", machine.has_bf16)) if there]
    return f" with {' and '.join(found)}" if found else ""


def _tables(results):
    return list(dict.fromkeys(result["table"] for result in results))


def _by_model_and_threads(results):
    """(model, threads) → rows, in the order of the runs' networks."""
    models = list(dict.fromkeys(result["model"] for result in results))
    keys = {(result["model"], result["threads"]) for result in results}
    return {
        (model, threads): rows_of(
            [result for result in results if (result["model"], result["threads"]) == (model, threads)]
        )
        for model, threads in sorted(keys, key=lambda key: (models.index(key[0]), key[1]))
    }


def _summary(training):
    """A row for each table and number of threads, a column for each network, and their geometric mean."""
    tables = {table: [result for result in training if result["table"] == table] for table in _tables(training)}
    both = [f"{audience}, {F32}" for audience in (USERS, EXPERTS)]
    if all(table in tables for table in both):
        tables["the strongest in f32"] = [result for table in both for result in tables[table]]
    models = list(dict.fromkeys(result["model"] for result in training))
    lines = _header("beside", "threads", *(TITLES[model] for model in models), "geometric mean")
    for table, results in tables.items():
        rows = _by_model_and_threads(results)
        for threads in sorted({result["threads"] for result in results}):
            leads = [lead(rows.get((model, threads), [])) for model in models]
            ratios = [ratio for ratio, _ in leads if ratio]
            cells = [f"{ratio:.2f}x ({best.title})" if ratio else "" for ratio, best in leads]
            mean = f"{statistics.geometric_mean(ratios):.2f}x" if len(ratios) == len(models) else ""
            lines.append(_line(table, threads, *cells, mean))
    return lines


def lead(rows):
    """How many times faster than the best peer ours is, and that peer; (None, None) where one of both is missing."""
    best = best_peer(rows, cost)
    mine = next((row for row in rows if row.is_ours and row.counts), None)
    return (best.median(cost) / mine.median(cost), best) if best and mine else (None, None)


def _training_table(results):
    names = ("network", "threads", "framework", "median s", "best s", "times faster", "rounds", "peak MB", "start-up s")
    lines = _header(*names, "final loss")
    for (model, threads), rows in _by_model_and_threads(results).items():
        best = best_peer(rows, cost)
        for row in rows:
            if not row.runs:
                lines.append(_failure(names, row, TITLES[model], threads))
                continue
            median = row.median(cost)
            loss = f"{row.runs[-1]['final_loss']:.3f}"
            lines.append(
                _line(
                    *(TITLES[model], threads, row.title, f"{median:.2f}"),
                    f"{min(min(run['seconds_per_epoch']) for run in row.runs):.2f}",
                    f"{best.median(cost) / median:.2f}x" if best and row.counts else "",
                    *(len(row.runs), f"{row.most('peak_memory_mb'):.0f}"),
                    f"{row.median(lambda run: run['startup_seconds']):.2f}",
                    f"{loss} ({row.objection})" if row.objection else loss,
                )
            )
    return lines


def _prediction_table(results):
    names = (
        "network",
        "runtime",
        "µs a window",
        "times faster",
        "windows a second",
        "times faster",
        "rounds",
        "peak MB",
    )
    lines = _header(*names, "difference")

    def throughput(run):
        return run["windows_per_second"]

    for (model, _), rows in _by_model_and_threads(results).items():
        soonest, most = best_peer(rows, cost), best_peer(rows, throughput, max)
        for row in rows:
            if not row.runs:
                lines.append(_failure(names, row, TITLES[model]))
                continue
            latency, windows = row.median(cost), row.median(throughput)
            difference = "" if row.is_ours else f"{row.most('largest_difference'):.1e}"
            lines.append(
                _line(
                    *(TITLES[model], row.title, f"{latency:.0f}"),
                    f"{soonest.median(cost) / latency:.2f}x" if soonest and row.counts else "",
                    f"{windows:.0f}",
                    f"{windows / most.median(throughput):.2f}x" if most and row.counts else "",
                    *(len(row.runs), f"{row.most('peak_memory_mb'):.0f}"),
                    f"{difference} ({row.objection})" if row.objection else difference,
                )
            )
    return lines


def _failure(names, row, *first):
    """The row of a peer that could not be run: its cells after the title are empty but for the reason."""
    reason = row.error.replace("|", "/").replace("\n", " ")
    return _line(*first, row.title, f"failed: {reason}", *[""] * (len(names) - len(first) - 1))


def _header(*names):
    left = {"beside", "network", "framework", "runtime"}
    return [_line(*names), _line(*("---" if name in left else "---:" for name in names))]


def _line(*cells):
    return f"| {' | '.join(map(str, cells))} |"
