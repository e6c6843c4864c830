"""The table of a comparison in Markdown: medians and bests of the runs, and the machine they were made on."""

import datetime
import json
import os
import platform
import statistics
from pathlib import Path


def core_count():
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def processor_name():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def markdown(results, epochs):
    """The report: a heading that names the machine and the versions, then a table for each model."""
    versions = {name: version for result in results for name, version in result["versions"].items()}
    lines = [
        "# Training time beside the peers",
        "",
        f"- Processor: {processor_name()}, {core_count()} cores",
        f"- Date: {datetime.date.today().isoformat()}",
        f"- Versions: {', '.join(f'{name} {version}' for name, version in sorted(versions.items()))}",
        f"- Seconds an epoch, batches of 64, {epochs} epochs a run after one to warm up; ours and the peers ran in turn,",
        "  each in a process of its own, pinned to as many cores as it had threads. The ratio is the best peer's median",
        "  over the median in the row. Start-up is from launch to the end of the first step, for ours to the start of the first epoch.",
    ]
    for model in dict.fromkeys(result["model"] for result in results):
        lines += ["", f"## {model}", ""]
        lines += _table([result for result in results if result["model"] == model])
    return "\n".join(lines) + "\n"


def save(folder, text, results):
    """Writes the report and the runs behind it, named by the day."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"peers-{datetime.date.today().isoformat()}"
    (folder / f"{name}.md").write_text(text)
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(result) + "\n" for result in results))


def _table(results):
    rows = [
        "| threads | framework | median s | best s | ratio to the best peer | peak MB | start-up s | final loss |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for threads in sorted({result["threads"] for result in results}):
        runs = {}
        for result in results:
            if result["threads"] == threads:
                runs.setdefault(result["framework"], []).append(result)
        medians = {name: statistics.median(_epochs(group)) for name, group in runs.items()}
        best_peer = min((median for name, median in medians.items() if name != "ours"), default=None)
        for name in sorted(runs, key=lambda name: (name != "ours", medians[name])):
            rows.append(_row(threads, name, runs[name], medians[name], best_peer))
    return rows


def _row(threads, name, runs, median, best_peer):
    ratio = f"{best_peer / median:.2f}x" if best_peer else ""
    memory = max(run["peak_memory_mb"] for run in runs)
    startup = statistics.median(run["startup_seconds"] for run in runs)
    cells = (
        f"{threads}",
        f"**{name}**" if name == "ours" else name,
        f"{median:.2f}",
        f"{min(_epochs(runs)):.2f}",
        ratio,
        f"{memory:.0f}",
        f"{startup:.2f}",
        f"{runs[-1]['final_loss']:.3f}",
    )
    return f"| {' | '.join(cells)} |"


def _epochs(runs):
    return [seconds for run in runs for seconds in run["seconds_per_epoch"]]
