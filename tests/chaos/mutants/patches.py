"""The planted bugs: a git diff each, below a header that says what it breaks and who must notice.

zh: 事件在日志确认之后才标为已发布。
en: An event is marked published only after the log has acknowledged it.
test: tests/chassis/test_relay.py::test_rows_stay_while_the_log_is_down[embedded]
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
HEADER = re.compile(r"(zh|en|test): (.+)")
CHANGED = re.compile(r"^\+\+\+ b/(\S+)$", re.MULTILINE)


class GitMissing(SystemExit):
    def __init__(self) -> None:
        super().__init__(
            "未找到 git：补丁由它套用，请先安装。 / git is not installed, which applies the patches."
        )


class DoesNotApply(Exception):
    """The code has moved on; the message is git's."""


@dataclass(frozen=True)
class Mutant:
    """`zh` and `en`: the promise it breaks. `tests`: node ids; each of them must fail."""

    name: str
    zh: str
    en: str
    tests: tuple[str, ...]
    file: Path

    @property
    def changed(self) -> list[str]:
        """The files that it changes, by their paths from the root."""
        return CHANGED.findall(self.file.read_text())

    def apply(self, tree: Path, *, check: bool = False) -> None:
        """Plant it in `tree`, or only see whether that could be done."""
        options = ["--check"] if check else []
        git = shutil.which("git")
        if git is None:
            raise GitMissing
        # Inside somebody else's repository git would look for the files there, and skip ours in silence.
        alone = os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)}
        done = subprocess.run(
            [git, "-c", "safe.directory=*", "apply", *options, str(self.file)],
            cwd=tree,
            env=alone,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DoesNotApply(done.stderr.strip())


def parsed(file: Path) -> Mutant:
    told: dict[str, list[str]] = {"zh": [], "en": [], "test": []}
    header = file.read_text().partition("\ndiff --git ")[0]
    for line in header.splitlines():
        if match := HEADER.fullmatch(line):
            told[match[1]].append(match[2].strip())
    return Mutant(file.stem, "".join(told["zh"]), " ".join(told["en"]), tuple(told["test"]), file)


def planted(folder: Path = HERE) -> list[Mutant]:
    """All of them, by name."""
    return [parsed(file) for file in sorted(folder.glob("*.patch"))]
