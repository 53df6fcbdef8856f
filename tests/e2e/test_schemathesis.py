"""Schemathesis over the whole API through the gateway: no answer but the documented ones.

`SCHEMATHESIS_SECONDS=300 make prove T=tests/e2e/test_schemathesis.py` looks for longer, with another seed each time.
"""

import asyncio
import os
import random
import sys
from pathlib import Path

import pytest

from jinding.openapi import FILE
from services.contracts.roles import AGENCY, RESIDENT, ROLES
from tests.support.grid import AREAS, REPORT
from tests.support.postgres import FreshDatabases
from tests.support.stack import Stack, stack

ROOT = Path(__file__).parents[2]
SECONDS = os.environ.get("SCHEMATHESIS_SECONDS")
SEED = random.randrange(2**32) if SECONDS else 20171018
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "allow_header_conformance",
]


@pytest.mark.proof
async def test_every_answer_is_as_documented(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    async with stack(fresh_database, tmp_path) as system:
        token = await system.token(*(ROLES.keys() - {RESIDENT, AGENCY}), org="330703-enforcement")
        await furnish(system, token)
        options = {
            "--url": system.urls["gateway"],
            "--header": f"Authorization: Bearer {token}",
            "--checks": ",".join(CHECKS),
            "--phases": "coverage,fuzzing,stateful" if SECONDS else "fuzzing",
            "--max-time": SECONDS or "20",
            "--seed": str(SEED),
            "--suppress-health-check": "all",
            "--warnings": "off",
        }
        told = await run(tmp_path, str(FILE), *(part for pair in options.items() for part in pair))
        assert not told, f"seed {SEED}\n{told}"


async def furnish(system: Stack, token: str) -> None:
    """Something to be found."""
    await system.call(token, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
    answer = await system.call(token, "POST", "/v1/grid/reports", REPORT)
    assert answer.status_code == 201, answer.text


async def run(folder: Path, *arguments: str) -> str:
    """What it found fault with; whatever it writes stays in `folder`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--no-color", "run", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.e2e.serializers", "PYTHONPATH": str(ROOT)},
    )
    output, _ = await process.communicate()
    return output.decode() if process.returncode else ""
