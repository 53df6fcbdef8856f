"""One planted bug, one copy of the tree, one run of the tests that must notice."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from tests.chaos.mutants.patches import ROOT, DoesNotApply, Mutant

LIMIT_SECONDS = 300
UNMUTATED_SECONDS = 900
NOTICED = {"assertion", "time limit"}
LEFT_OUT = shutil.ignore_patterns(".*", "build", "__pycache__", "*.egg-info")


class Verdict(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    INVALID = "invalid"
    UNTRIED = "untried"


class Ending(NamedTuple):
    """A verdict, and why."""

    verdict: Verdict
    why: str
    seconds: float = 0.0


class Told(NamedTuple):
    """What the witness of one pytest run told; `code` is None where the time limit ended it."""

    code: int | None
    lines: list[dict[str, Any]]
    output: str

    @property
    def imported(self) -> set[str]:
        return {file for line in self.lines for file in line.get("imported", ())}

    def of(self, test: str) -> list[dict[str, Any]]:
        """The lines on the cases of `test`."""
        return [
            line
            for line in self.lines
            if (told := line.get("test", "")) == test or told.startswith(f"{test}[")
        ]


def copied(to: Path) -> Path:
    """A copy of the tree as it stands, without what is made from it."""
    shutil.copytree(ROOT, to, ignore=LEFT_OUT)
    return to


def run(tree: Path, tests: Iterable[str], seconds: float, *options: str) -> Told:
    """The tests as they are in `tree`, with the packages of this Python."""
    told = tree / "told.jsonl"
    told.touch()
    environment = os.environ | {"PYTHONPATH": str(tree), "MUTANTS_TOLD": str(told)}
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "--hypothesis-seed=0", "-m", ""]
    for plugin in ("tests.chaos.mutants.witness", "no:cacheprovider", "no:schemathesis"):
        command += ["-p", plugin]
    command += [*options, *tests]
    with (tree / "output.txt").open("w+") as output:
        process = subprocess.Popen(
            command,
            cwd=tree,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code = _code(process, seconds)
        output.seek(0)
        lines = [json.loads(line) for line in told.read_text().splitlines()]
        return Told(code, lines, output.read())


def _code(process: "subprocess.Popen[Any]", seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def unmutated(tree: Path, mutants: Sequence[Mutant], workers: int) -> list[str]:
    """Why the trials would prove nothing: what does not pass as it is. It leaves compiled modules behind."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    told = run(tree, tests, UNMUTATED_SECONDS, "-n", str(workers), "--dist", "loadfile")
    failed = sorted({line["test"] for line in told.lines if line.get("outcome") == "failed"})
    if told.code and not failed:
        return [told.output[-3000:]]
    return failed if told.code is not None else [f"not done in {UNMUTATED_SECONDS} s"]


def tried(mutant: Mutant, source: Path, tree: Path) -> Ending:
    """What becomes of it in a copy of `source` at `tree`."""
    began = time.monotonic()
    shutil.copytree(source, tree, ignore=shutil.ignore_patterns("told.jsonl", ".hypothesis"))
    try:
        mutant.apply(tree)
        told = run(tree, mutant.tests, LIMIT_SECONDS, "-p", "no:xdist")
        ending = judged(mutant, told)
    except DoesNotApply as reason:
        ending = Ending(Verdict.INVALID, f"does not apply: {reason}")
    finally:
        shutil.rmtree(tree)
    return ending._replace(seconds=time.monotonic() - began)


def judged(mutant: Mutant, told: Told) -> Ending:
    """Killed: each of its tests ran and noticed, by an assertion or for want of time. A test that could not
    run noticed nothing."""
    endings = [_noticed(test, told) for test in mutant.tests]
    if told.code is not None and (missing := _not_imported(mutant, told)):
        return Ending(
            Verdict.INVALID, f"nobody imported {', '.join(missing)}\n{told.output[-800:]}"
        )
    for verdict in (Verdict.INVALID, Verdict.SURVIVED, Verdict.UNTRIED):
        for ending in endings:
            if ending.verdict is verdict:
                return ending
    return Ending(Verdict.KILLED, ", ".join(sorted({ending.why for ending in endings})))


def _not_imported(mutant: Mutant, told: Told) -> list[str]:
    return [f for f in mutant.changed if f.endswith(".py") and f not in told.imported]


def _noticed(test: str, told: Told) -> Ending:
    lines = told.of(test)
    failed = [line for line in lines if line.get("outcome") == "failed"]
    noticed = [line for line in failed if line["when"] == "call" and NOTICED.issuperset(line["of"])]
    if noticed:
        return Ending(Verdict.KILLED, noticed[0]["of"][0])
    if failed:
        why = f"{test} could not end: {', '.join(failed[0]['of'])} in {failed[0]['when']}"
        return Ending(Verdict.INVALID, f"{why}\n{told.output[-800:]}")
    if told.code is None and lines:
        return Ending(Verdict.KILLED, "time limit")
    if not lines:
        return Ending(Verdict.INVALID, f"{test} was not run\n{told.output[-800:]}")
    if any(line.get("outcome") == "passed" and line["when"] == "call" for line in lines):
        return Ending(Verdict.SURVIVED, f"{test} passed")
    return Ending(Verdict.UNTRIED, f"{test} was skipped")
