"""Goes into the pytest of every trial (`-p`): refuses to test anything but the copy that it runs in, and tells
what became of each test, line by line, so that a trial that is cut off has told what it did before."""

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

import jinding
import services
import tests

TOLD = "MUTANTS_TOLD"
COPY = Path.cwd().resolve()


def pytest_configure(config: pytest.Config) -> None:
    for package in (services, jinding, tests):
        if not Path(str(package.__file__)).resolve().is_relative_to(COPY):
            raise pytest.UsageError(f"{package.__file__} is not of the copy in {COPY}")
    if not hasattr(config, "workerinput"):  # those of xdist tell their controller
        config.pluginmanager.register(Teller(Path(os.environ[TOLD])))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    report = yield
    if call.excinfo is not None:
        report.user_properties.append(("died_of", causes(call.excinfo.value)))
    return report


def causes(error: BaseException) -> list[str]:
    """What kinds of failure `error` is made of."""
    if isinstance(error, BaseExceptionGroup):
        return [cause for one in error.exceptions for cause in causes(one)]
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return ["assertion"]
    return ["time limit" if isinstance(error, TimeoutError) else type(error).__name__]


class Teller:
    def __init__(self, file: Path) -> None:
        self.file = file

    def tell(self, **facts: Any) -> None:
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(facts) + "\n")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.tell(test=nodeid, when="start")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        died_of: Any = dict(report.user_properties).get("died_of", [])
        self.tell(test=report.nodeid, when=report.when, outcome=report.outcome, of=died_of)

    def pytest_sessionfinish(self) -> None:
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        inside = {Path(file).resolve() for file in files if file}
        self.tell(
            when="end",
            imported=sorted(str(f.relative_to(COPY)) for f in inside if f.is_relative_to(COPY)),
        )
