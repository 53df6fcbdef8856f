"""The planted bugs stay plantable, and say whom they were planted for."""

import ast
import shutil
from functools import cache

import pytest

from tests.chaos.mutants.patches import ROOT, Mutant, planted

MUTANTS = planted()


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_bytes())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def exists(test: str) -> bool:
    """Whether the file has a test of that name; its cases are known to pytest alone."""
    file, _, name = test.partition("::")
    return (ROOT / file).is_file() and name.partition("[")[0] in functions(file)


def test_there_are_planted_bugs() -> None:
    assert len(MUTANTS) >= 30


@pytest.mark.skipif(not shutil.which("git"), reason="needs git, which applies the patches")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_applies_to_the_code_as_it_is(mutant: Mutant) -> None:
    mutant.apply(ROOT, check=True)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_says_what_it_breaks_and_who_must_notice(mutant: Mutant) -> None:
    assert mutant.zh
    assert mutant.en
    assert mutant.tests
    assert [test for test in mutant.tests if not exists(test)] == []
    assert [file for file in mutant.changed if file.startswith("tests/")] == []


def test_a_test_that_is_gone_is_noticed() -> None:
    here = "tests/chaos/mutants/test_patches.py"
    assert exists(f"{here}::test_there_are_planted_bugs")
    assert not exists(f"{here}::test_there_were_planted_bugs")
    assert not exists("tests/chaos/mutants/test_gone.py::test_there_are_planted_bugs")
