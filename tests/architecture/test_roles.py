"""What each kind of file may do: routers, models, rules."""

import ast
import re
from collections.abc import Callable

import pytest

from tests.architecture.sources import modules

WRITERS = {"models.py", "projections"}
CLOCK = re.compile(r".*\.(now|utcnow|today)|time\.\w+")
MACHINERY = {"sqlalchemy", "sqlmodel", "fastapi", "starlette", "asyncio", "asyncpg", "httpx"}


def mentioned(tree: ast.Module) -> set[str]:
    """Every name, attribute (with what it is of) and import in the code."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                found.add(name)
            case ast.Attribute(attr=name):
                found |= {name, ast.unparse(node)}
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=module, names=names):
                found |= {f"{module}.{alias.name}" for alias in names}
                found |= {alias.name for alias in names}
    return found


def asks_a_database_or_talks_http(tree: ast.Module) -> bool:
    return not mentioned(tree).isdisjoint({"select", "HTTPException"})


def reads_a_clock(tree: ast.Module) -> bool:
    return any(CLOCK.fullmatch(name) for name in mentioned(tree))


def is_not_pure(tree: ast.Module) -> bool:
    return not {name.split(".")[0] for name in mentioned(tree)}.isdisjoint(MACHINERY)


def sets_a_status(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "status"
        and isinstance(node.ctx, ast.Store)
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize(
    ("breaks", "code"),
    [
        (asks_a_database_or_talks_http, "from sqlmodel import select"),
        (asks_a_database_or_talks_http, "import sqlalchemy as sa; sa.select(x)"),
        (asks_a_database_or_talks_http, "from fastapi import HTTPException as Refused"),
        (reads_a_clock, "from datetime import datetime; datetime.now(UTC)"),
        (reads_a_clock, "import datetime as d; x = Field(default_factory=d.datetime.utcnow)"),
        (reads_a_clock, "date.today()"),
        (reads_a_clock, "time.time()"),
        (reads_a_clock, "from time import monotonic"),
        (is_not_pure, "from sqlmodel import SQLModel"),
        (is_not_pure, "import sqlalchemy.orm"),
        (sets_a_status, "def f(row): row.status = 'CLOSED'"),
        (sets_a_status, "row.version, row.status = 2, 'CLOSED'"),
        (sets_a_status, "row.status: str = 'CLOSED'"),
    ],
)
def test_what_breaks_a_rule_is_seen(breaks: Callable[[ast.Module], bool], code: str) -> None:
    assert breaks(ast.parse(code))


def test_routers_neither_ask_the_database_nor_raise_http_errors() -> None:
    routers = list(modules("router.py"))
    assert len(routers) > 10
    assert [path for path, tree in routers if asks_a_database_or_talks_http(tree)] == []


def test_only_models_and_projections_assign_a_status() -> None:
    elsewhere = [found for found in modules() if not WRITERS & set(found[0].parts)]
    assert [path for path, tree in elsewhere if sets_a_status(tree)] == []


def test_rules_and_models_are_told_the_time() -> None:
    found = modules("rules.py", "models.py")
    assert [path for path, tree in found if reads_a_clock(tree)] == []


def test_rules_are_pure() -> None:
    assert [path for path, tree in modules("rules.py") if is_not_pure(tree)] == []
