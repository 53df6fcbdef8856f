"""A run of all tests of the grid meets every status that an endpoint documents, and no other one."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.proof


def test_each_status_that_is_documented_is_met() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.grid.statuses"], check=False)
    assert done.returncode == 0
