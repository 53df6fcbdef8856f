from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import ColumnElement, Date, Text, column, func, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from services.templates import template

name, tags, until = column("name", Text), column("tags", JSONB), column("until", Date)


def test_facts_stand_where_they_stood_alone_and_in_lists() -> None:
    made = template(lambda a, b: or_(name == a, tags.contains([b, a]), name == "x"), 2)
    assert made
    filled = made.filled(["first", "second"]).compile(dialect=PGDialect_asyncpg())  # type: ignore[no-untyped-call]
    assert list(filled.params.values()) == ["first", ["second", "first"], "x"]
    assert "::JSONB" in str(filled)


def test_one_who_is_asked_for_twice_is_nobody_else() -> None:
    made = template(lambda a: name == a, 1)
    assert made
    one, other = made.filled(["one"]), made.filled(["other"])
    assert [*one.compile().params.values()] == ["one"]
    assert [*other.compile().params.values()] == ["other"]


@pytest.mark.parametrize(
    "make",
    [
        lambda a: name == a[:9],
        lambda a: name == f"{a}%",
        lambda a: name == a + a,
        lambda a: tags.contains([a, "known"]),
        lambda a: tags.contains([[a[1:]]]),
        lambda a: name.in_([a]),
        lambda a: func.starts_with(name, a.upper()[3:]),
        lambda a: (name == a) & (until <= date(2026, 12, 1)),
    ],
)
def test_what_is_made_of_a_fact_is_made_anew(make: Callable[[str], ColumnElement[bool]]) -> None:
    assert template(make, 1) is None
