"""Nobody, not even with the whole database in hand, learns which answer is whose."""

import json
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest

from services.grid.surveys.models import SurveyAnswer
from tests.grid.field import MEMBER, made, post
from tests.grid.people import RESIDENT
from tests.grid.surveys.papers import (
    ISSUES,
    RETURNS,
    back,
    handed_out,
    housed,
    issue,
    opened,
    returned,
    sheet,
    tokens,
)
from tests.support.running import Running

SINGLY = 120


@pytest.fixture(scope="module")
async def answered(grid: Running) -> dict[str, Any]:
    """A survey that people answered one by one: every third feels safe, the first half took part."""
    survey = await opened(grid)
    some = await handed_out(grid, survey, SINGLY)
    receipts = [
        await returned(
            grid,
            survey,
            sheet(
                token,
                feeling="UNSAFE" if n % 3 else "SAFE",
                took_part=["PATROL"] if n < SINGLY / 2 else [],
                seconds=60 + n,
            ),
            who=RESIDENT,
            channel="WECHAT",
        )
        for n, token in enumerate(some)
    ]
    return {"id": survey["id"], "tokens": some, "receipts": receipts}


def test_an_answer_says_nothing_of_whom_when_or_where() -> None:
    assert {column.name for column in SurveyAnswer.__table__.columns} == {  # type: ignore[attr-defined]
        *("survey_id", "id", "township", "version", "channel", "age_band", "sex"),
        *("feeling", "aware", "took_part", "flaw"),
    }


async def test_no_token_household_or_person_stands_with_an_answer(
    grid: Running, answered: dict[str, Any]
) -> None:
    rows = await grid.fetch(
        "select to_jsonb(a)::text as told from survey_answer a where survey_id = $1", answered["id"]
    )
    assert len(rows) == SINGLY
    text = " ".join(row["told"] for row in rows)
    households = await grid.fetch(
        "select household from survey_household where survey_id = $1", answered["id"]
    )
    assert len(households) == SINGLY
    secrets = [*answered["tokens"], *(r["id"] for r in answered["receipts"]), RESIDENT.subject]
    secrets += [str(row["household"]) for row in households]
    secrets += [sha256(token.encode()).hexdigest() for token in answered["tokens"]]
    assert [secret for secret in secrets if secret in text] == []


async def test_the_token_itself_is_nowhere(grid: Running, answered: dict[str, Any]) -> None:
    tables = await grid.fetch(
        "select table_name as name from information_schema.tables where table_schema = 'public'"
    )
    for (table,) in tables:
        (row,) = await grid.fetch(f"select string_agg(t::text, ' ') as told from {table} t")
        text = row["told"] or ""
        assert not any(token in text for token in answered["tokens"]), table


async def test_a_return_keeps_no_answers(grid: Running, answered: dict[str, Any]) -> None:
    rows = await grid.fetch(
        "select to_jsonb(r) as told from survey_return r where survey_id = $1",
        answered["id"],
    )
    assert len(rows) == SINGLY
    for row in rows:
        told = json.loads(row["told"])
        assert told["sheets"] == told["spent"] == []
        assert not {"SAFE", "UNSAFE", "PATROL"} & {str(value) for value in told.values()}


async def test_a_spent_token_is_gone(grid: Running, answered: dict[str, Any]) -> None:
    rows = await grid.fetch("select 1 from survey_token where survey_id = $1", answered["id"])
    assert rows == []


async def test_no_household_stands_beside_its_token(grid: Running) -> None:
    survey, some = await opened(grid), tokens(40)
    body = await housed(grid, issue(survey, some))
    receipt = await made(grid, MEMBER, ISSUES, **body)
    (row,) = await grid.fetch(
        "select digests::text, households::text from survey_issue where id = $1", receipt["id"]
    )
    assert tuple(row) == ("[]", "[]")
    for table, column, told in (
        ("survey_token", "digest", "digests"),
        ("survey_household", "household", "households"),
    ):
        rows = await grid.fetch(
            f"select {column}::text from {table} where survey_id = $1 order by ctid", survey["id"]
        )
        assert [row[0] for row in rows] == sorted(body[told])


async def test_the_transaction_does_not_tell_whose_answer_it_is(
    grid: Running, answered: dict[str, Any]
) -> None:
    """The system columns tell which rows were written together: with a return its answer, but many others too."""
    rows = await grid.fetch(
        "select xmin::text as written from survey_answer where survey_id = $1", answered["id"]
    )
    together = Counter(row["written"] for row in rows)
    returns = await grid.fetch(
        "select xmin::text as written from survey_return where survey_id = $1", answered["id"]
    )
    in_order = sorted((row["written"] for row in returns), key=int)
    assert len(in_order) == SINGLY
    assert together[in_order[-1]] > 20
    assert together[in_order[0]] == 0  # the first one was alone, and was written anew since


async def test_the_place_in_the_table_does_not_tell_the_order(
    grid: Running, answered: dict[str, Any]
) -> None:
    """Thirds and halves are to be seen in the order of writing, in that of the table or the ids not. Each connection
    fills pages of its own, so that the thirds may be written apart; the first half is on the first pages all the same."""
    for order in ("ctid", "id"):
        rows = await grid.fetch(
            f"select feeling, took_part::text from survey_answer where survey_id = $1 order by {order}",
            answered["id"],
        )
        safe = [place for place, row in enumerate(rows) if row["feeling"] == "SAFE"]
        assert len(safe) == SINGLY // 3
        thirds = sum(next_ - place == 3 for place, next_ in pairwise(safe))
        assert thirds < len(safe) * 0.6
        halves = [row["took_part"] != "[]" for row in rows]
        assert sum(halves) == SINGLY / 2
        assert sum(halves[: SINGLY // 2]) < SINGLY / 2 * 0.8


async def test_a_refused_return_spends_and_files_nothing(grid: Running) -> None:
    survey = await opened(grid)
    some = await handed_out(grid, survey)
    refused = await post(grid, MEMBER, RETURNS, **back(survey, sheet(some[0]), sheet("x" * 16)))
    assert refused.status_code == 409
    for table in ("survey_answer", "survey_return"):
        rows = await grid.fetch(f"select 1 from {table} where survey_id = $1", survey["id"])
        assert rows == []
    await returned(grid, survey, sheet(some[0]))
