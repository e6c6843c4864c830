"""Runs each mutant's tests and says which mutants they notice.

    data-tools/mutants/run.py --work /tmp/mutants                 build a woven copy there, run all, write docs/mutants.md
    data-tools/mutants/run.py --work /tmp/mutants --only 3,17-20  some of them, whose rows of the table are written anew

A mutant is noticed where one of the tests named beside it fails, crashes, or takes more than --seconds. HAR_DATASET and HAR_PYTHON are
those of `make test`.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import threading
import time

import mutants as descriptions
import weave

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run_tests(binary, folder, number, tests, seconds):
    """How it ended: passed, failed, crashed, hung."""
    command = [binary, "--testing-library", "swift-testing"]
    if tests:
        command += ["--filter", tests]
    environment = dict(os.environ)
    environment.pop("HAR_MUTANT", None)
    if number:
        environment["HAR_MUTANT"] = str(number)
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        start_new_session=True)
    timer = threading.Timer(seconds, lambda: os.killpg(process.pid, 9))
    timer.start()
    output = process.communicate()[0].decode(errors="replace")
    hung = not timer.is_alive()
    timer.cancel()
    if hung:
        return "hung", output
    if process.returncode < 0:
        return "crashed", output
    return ("passed" if process.returncode == 0 else "failed"), output


def first_failure(output):
    for line in output.splitlines():
        if "Test " in line and "recorded an issue" in line:
            return line.split("Test ", 1)[1].split(" recorded")[0].split("(")[0].strip('"')
    return ""


def numbers(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--only", type=lambda text: set(numbers(text)))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--skip-build", action="store_true")
    parser.add_argument("--skip-check", action="store_true", help="don't see first that all tests pass without a mutant")
    parser.add_argument("--build-only", action="store_true")
    parser.add_argument("--swift", default="swift")
    arguments = parser.parse_args()

    mutants = descriptions.read(ROOT)
    if not arguments.skip_build:
        arguments.work.mkdir(parents=True, exist_ok=True)
        weave.weave(ROOT, arguments.work, mutants)
        subprocess.run([arguments.swift, "build", "-c", "release", "--build-tests"], cwd=arguments.work, check=True)
        if arguments.build_only:
            return
    binary = next(pathlib.Path(arguments.work, ".build", "release").glob("*PackageTests.xctest")).resolve()
    chosen = [mutant for mutant in mutants if not arguments.only or mutant.number in arguments.only]

    if not arguments.skip_check:
        ended, output = run_tests(binary, arguments.work, None, "", 3 * arguments.seconds)
        if ended != "passed":
            sys.exit(f"without a mutant, the tests {ended}\n{output[-3000:]}")

    def judge(mutant):
        start = time.monotonic()
        ended, output = run_tests(binary, arguments.work, mutant.number, mutant.tests, arguments.seconds)
        if "run with 0 tests" in output:
            sys.exit(f"{mutant.file}: found no tests {mutant.tests}")
        where = first_failure(output)
        print(f"{mutant.number:4} {ended:8} {time.monotonic() - start:6.1f} s  {mutant.breaks}  {where}", flush=True)
        return mutant, ended, where

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(judge, chosen))
    survivors = [mutant for mutant, ended, _ in results if ended == "passed"]
    unexplained = [mutant for mutant in survivors if not mutant.survives]
    wrongly = [mutant for mutant, ended, _ in results if mutant.survives and ended != "passed"]
    print(f"{len(results)} mutants, {len(results) - len(survivors)} noticed, {len(unexplained)} survive unexplained")
    for mutant in unexplained:
        print(f"  {mutant.number}: {mutant.file}: {mutant.breaks}")
    for mutant in wrongly:
        print(f"  {mutant.number}: {mutant.file}: was noticed, though it says that none can")
    page = pathlib.Path(ROOT, "docs", "mutants.md")
    known = known_rows(page.read_text()) if arguments.only and page.exists() else {}
    page.write_text(table(mutants, known | {key(mutant): row(mutant, ended, where) for mutant, ended, where in results}))
    sys.exit(1 if unexplained or wrongly else 0)


def key(mutant):
    return mutant.file.removeprefix("Sources/").removesuffix(".swift"), mutant.breaks


def row(mutant, ended, where):
    """The columns behind the key."""
    return ("passes", f"survives: {mutant.survives}") if ended == "passed" else (ended, where)


def known_rows(page):
    """The rows of the table as it is."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in page.splitlines() if line.startswith("| ")]
    return {(cells[0], cells[1]): (cells[2], cells[3]) for cells in rows[1:] if len(cells) == 4}


def table(mutants, rows):
    rows = [key(mutant) + rows[key(mutant)] for mutant in mutants if key(mutant) in rows]
    noticed = sum(ended != "passes" for _, _, ended, _ in rows)
    lines = [
        "# Mutants",
        "",
        f"`make mutants` breaks the code in {len(rows)} small ways, one at a time, and runs the tests that should notice: "
        f"{noticed} are noticed; the others are explained. A mutant is noticed where a test fails, crashes or hangs; the column "
        "names the first test that failed.",
        "",
        "| File | Broken | Ends | By |",
        "|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
