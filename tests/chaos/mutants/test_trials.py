"""A planted bug is killed by a test that notices it, and by nothing else: each verdict on a small tree."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.chaos.mutants.patches import HERE, DoesNotApply, Mutant, parsed
from tests.chaos.mutants.trials import Told, Verdict, judged, run, tried, unmutated

pytestmark = pytest.mark.proof
CODE = "def double(n: int) -> int:\n    return 2 * n\n"
TEST = """
import pytest
from services.arithmetic import double

def test_double():
    assert double(3) == 6

@pytest.fixture
def six():
    assert double(3) == 6

def test_six(six):
    pass

@pytest.mark.parametrize("n", [0, 3])
def test_cases(n):
    assert double(n) == n + n

def test_skipped():
    pytest.skip("not here")
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy in which there is only a little arithmetic, and how trials are watched."""
    made = tmp_path / "tree"
    files = {"services/arithmetic.py": CODE, "tests/test_arithmetic.py": TEST}
    for package in ("services", "jinding", "tests", "tests/chaos", "tests/chaos/mutants"):
        files[f"{package}/__init__.py"] = ""
    files["tests/chaos/mutants/witness.py"] = (HERE / "witness.py").read_text()
    for name, text in files.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    return made


def planted(folder: Path, code: str, *tests: str) -> Mutant:
    """`code` instead of the line that doubles."""
    file = folder / "planted.patch"
    named = "\n".join(f"test: tests/test_arithmetic.py::{test}" for test in tests)
    lines = code.splitlines()
    diff = "diff --git a/services/arithmetic.py b/services/arithmetic.py\n"
    diff += "--- a/services/arithmetic.py\n+++ b/services/arithmetic.py\n"
    diff += f"@@ -1,2 +1,{1 + len(lines)} @@\n def double(n: int) -> int:\n-    return 2 * n\n"
    diff += "".join(f"+{line}\n" for line in lines)
    file.write_text(f"zh: 加倍。\nen: It doubles.\n{named}\n\n{diff}")
    return parsed(file)


def test_only_a_test_that_notices_kills(tree: Path, tmp_path: Path) -> None:
    cases = ("test_double", "test_six", "test_cases", "test_skipped")
    mutant = planted(tmp_path, "    return n", *cases)
    mutant.apply(tree)
    told = run(tree, mutant.tests, 60, "-p", "no:xdist")

    def verdict(*names: str) -> tuple[Verdict, str]:
        ending = judged(planted(tmp_path, "    return n", *names), told)
        return ending.verdict, ending.why.split("\n")[0].split("::")[-1]

    assert verdict("test_double") == (Verdict.KILLED, "assertion")
    assert verdict("test_cases") == (Verdict.KILLED, "assertion")
    assert verdict("test_double", "test_cases[3]") == (Verdict.KILLED, "assertion")
    assert verdict("test_cases[0]") == (Verdict.SURVIVED, "test_cases[0] passed")
    assert verdict("test_double", "test_cases[0]") == (Verdict.SURVIVED, "test_cases[0] passed")
    assert verdict("test_six") == (Verdict.INVALID, "test_six could not end: assertion in setup")
    assert verdict("test_gone") == (Verdict.INVALID, "test_gone was not run")
    assert verdict("test_skipped") == (Verdict.UNTRIED, "test_skipped was skipped")


@pytest.mark.parametrize(
    ("code", "verdict", "why"),
    [
        ("    return n + n", Verdict.SURVIVED, "test_double passed"),
        ("    raise TimeoutError", Verdict.KILLED, "time limit"),
        ("    return m", Verdict.INVALID, "test_double could not end: NameError in call"),
        ("    return (", Verdict.INVALID, "nobody imported services/arithmetic.py"),
        ("    return n\nimport nothing", Verdict.INVALID, "nobody imported services/arithmetic.py"),
    ],
)
def test_what_cannot_run_is_not_killed(
    tree: Path, tmp_path: Path, code: str, verdict: Verdict, why: str
) -> None:
    ending = tried(planted(tmp_path, code, "test_double"), tree, tmp_path / "copy")
    assert (ending.verdict, ending.why.split("\n")[0].split("::")[-1]) == (verdict, why)
    assert not (tmp_path / "copy").exists()


def test_a_test_that_never_ends_has_noticed_if_it_had_begun(tmp_path: Path) -> None:
    mutant = planted(tmp_path, "    while True: n += 1", "test_double")
    begun = {"test": mutant.tests[0], "when": "start"}
    assert judged(mutant, Told(None, [begun], ""))[:2] == (Verdict.KILLED, "time limit")
    ending = judged(mutant, Told(None, [], "still importing"))
    assert (ending.verdict, "was not run" in ending.why) == (Verdict.INVALID, True)


def test_what_takes_too_long_is_ended(tree: Path) -> None:
    (tree / "services/arithmetic.py").write_text("while True: pass")
    told = run(tree, ["tests/test_arithmetic.py"], 0.5, "-p", "no:xdist")
    assert (told.code, told.lines) == (None, [])


def test_a_patch_that_does_not_apply_says_so(tree: Path, tmp_path: Path) -> None:
    """Also inside another repository, where git would pass over what is not of it."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    mutant = planted(tmp_path, "    return n", "test_double")
    mutant.apply(tree, check=True)
    (tree / "services/arithmetic.py").write_text(CODE.replace("2 * n", "n * 2"))
    with pytest.raises(DoesNotApply):
        mutant.apply(tree, check=True)
    assert tried(mutant, tree, tmp_path / "copy").verdict is Verdict.INVALID


def test_a_run_that_imports_another_tree_is_refused(tree: Path, tmp_path: Path) -> None:
    """As an editable installation would have it."""
    mutant = planted(tmp_path, "    return n", "test_double")
    (tree / "services/__init__.py").write_text(f"__file__ = {str(HERE / 'elsewhere.py')!r}\n")
    told = run(tree, mutant.tests, 60, "-p", "no:xdist")
    assert "is not of the copy" in told.output
    assert judged(mutant, told).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("code", "failed"),
    [({}, []), ({"2 * n": "n"}, ["test_double"]), ({"2 * n": "("}, ["SyntaxError"])],
)
def test_what_fails_as_it_is_makes_the_run_void(
    tree: Path, tmp_path: Path, code: Mapping[str, str], failed: list[str]
) -> None:
    mutant = planted(tmp_path, "    return n", "test_double")
    for old, new in code.items():
        (tree / "services/arithmetic.py").write_text(CODE.replace(old, new))
    found = unmutated(tree, [mutant], 1)
    assert len(found) == len(failed)
    assert all(name in reason for name, reason in zip(failed, found, strict=True))
