"""Who sees which surveys, and what issues, returns and the closing must know besides their row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import DriverConnection, driver
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.contracts.grid_outreach import SurveyResult
from services.grid.campaigns.queries import Ground, concerning, ground
from services.grid.sight import own_or_of_area
from services.grid.surveys.models import Questions, Survey, SurveyIssue, SurveyReturn
from services.grid.surveys.rules import (
    HouseholdNotThere,
    Status,
    SurveyNotRunning,
    SurveyUnknown,
    TokenNotGood,
    digest_of,
    require_new,
    require_unused,
    told_of,
)
from services.grid.surveys.schemas import IssueIn, IssueOut, ReturnIn, ReturnLine, SurveyOut

VERSIONS: TypeAdapter[list[Questions]] = TypeAdapter(list[Questions])

SURVEYS: Noun[Survey] = Noun(
    "survey",
    Survey,
    lambda caller: concerning(col(Survey.area_code), caller),
    lambda survey, caller, allowed: SurveyOut.of(
        survey, allowed if caller.covers(survey.area_code) else []
    ),
)


def _visible(model: Any, caller: Caller) -> ColumnElement[bool]:
    """Those of one's areas, and those that one recorded."""
    return own_or_of_area(caller, model.recorded_by == caller.subject, model.area_code)


ISSUES: Noun[SurveyIssue] = Noun(
    "survey_issue",
    SurveyIssue,
    lambda caller: _visible(SurveyIssue, caller),
    lambda issue, *_: IssueOut.model_validate(issue, from_attributes=True),
)
RETURNS: Noun[SurveyReturn] = Noun(
    "survey_return",
    SurveyReturn,
    lambda caller: _visible(SurveyReturn, caller),
    lambda row, *_: ReturnLine.model_validate(row, from_attributes=True),
)


def with_status(status: Status | None) -> ColumnElement[bool] | None:
    return col(Survey.status) == status if status else None


def of_survey(model: Any, survey_id: UUID | None) -> ColumnElement[bool] | None:
    return model.survey_id == survey_id if survey_id else None


@dataclass(frozen=True)
class Round:
    """What is asked where and when."""

    area_code: str
    status: Status
    starts_on: date
    ends_on: date
    versions: dict[int, Questions]


@dataclass(frozen=True)
class Rounds:
    """The surveys named, which nobody closes meanwhile."""

    ground: Ground
    known: dict[UUID, Round]

    def require(self, caller: Caller, body: IssueIn | ReturnIn, day: date) -> Round:
        """One that runs in the area on that day."""
        self.ground.require(caller, body.area_code, None, day)
        survey = self.known.get(body.survey_id)
        if survey is None or not body.area_code.startswith(survey.area_code):
            raise SurveyUnknown
        if survey.status is Status.CLOSED or not survey.starts_on <= day <= survey.ends_on:
            raise SurveyNotRunning(survey.starts_on, survey.ends_on)
        return survey


async def _rounds(
    connection: AsyncConnection, raw: DriverConnection, items: Sequence[Item]
) -> Rounds:
    rows = await raw.fetch(
        "select id, area_code, status, starts_on, ends_on, versions::text from survey "
        "where id = any($1::uuid[]) order by id for share",
        [*{item.body.survey_id for item in items}],
    )
    known = {
        id_: Round(area, Status(status), first, last, {q.version: q for q in asked})
        for id_, area, status, first, last, told in rows
        if (asked := VERSIONS.validate_json(told))
    }
    return Rounds(await ground(connection, items), known)


@dataclass(frozen=True)
class Issuing:
    """What an issue must know: the surveys, who has a token of which already, all tokens that were ever handed out, and
    in which grids the households are, or were."""

    rounds: Rounds
    households: set[tuple[UUID, UUID]]
    digests: set[str]
    grids: Mapping[UUID, Sequence[str]]

    def require_there(self, body: IssueIn) -> None:
        for place, household in enumerate(body.households):
            grids = self.grids.get(household, ())
            if not any(grid.startswith(body.area_code) for grid in grids):
                raise HouseholdNotThere(place)

    def take(self, body: IssueIn) -> None:
        """Refuse what was issued before; otherwise it counts for those that follow."""
        mine = [(body.survey_id, household) for household in body.households]
        require_new(mine, self.households)
        require_unused(body.digests, self.digests)
        self.households.update(mine)
        self.digests.update(body.digests)


async def issuing(connection: AsyncConnection, items: Sequence[Item]) -> Issuing:
    """Who issues the same meanwhile meets a primary key, and then finds it here."""
    raw = await driver(connection)
    rounds = await _rounds(connection, raw, items)
    pairs = [(item.body.survey_id, one) for item in items for one in item.body.households]
    households = await raw.fetch(
        "select survey_id, household from survey_household "
        "join unnest($1::uuid[], $2::uuid[]) as w(survey_id, household) using (survey_id, household)",
        [survey for survey, _ in pairs],
        [household for _, household in pairs],
    )
    digests = await raw.fetch(
        "select digest from survey_digest where digest = any($1::text[])",
        [digest for item in items for digest in item.body.digests],
    )
    had = {(row[0], row[1]) for row in households}
    return Issuing(rounds, had, {row[0] for row in digests}, await _grids(raw, pairs))


GRIDS = """
    select id, array[area_code] || array(select s ->> 'area_code' from jsonb_array_elements(stays) s)
    from household where id = any($1::uuid[])"""


async def _grids(
    raw: DriverConnection, pairs: Sequence[tuple[UUID, UUID]]
) -> dict[UUID, Sequence[str]]:
    rows = await raw.fetch(GRIDS, [household for _, household in pairs])
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Returning:
    """What a return must know: the surveys, and which of its tokens are good in which township."""

    rounds: Rounds
    good: set[tuple[UUID, str, str]]

    def spend(self, body: ReturnIn) -> list[str]:
        """The tokens, each spent once for all; none of them if one is not good."""
        spent: list[str] = []
        taken = set[tuple[UUID, str, str]]()
        for place, sheet in enumerate(body.sheets):
            digest = digest_of(sheet.token)
            token = (body.survey_id, body.area_code[:9], digest)
            if token not in self.good or token in taken:
                raise TokenNotGood(place)
            taken.add(token)
            spent.append(digest)
        self.good.difference_update(taken)
        return spent


async def returning(connection: AsyncConnection, items: Sequence[Item]) -> Returning:
    """The tokens are locked: nobody else spends one of them until this is written."""
    raw = await driver(connection)
    rounds = await _rounds(connection, raw, items)
    rows = await raw.fetch(
        "select survey_id, township, digest from survey_token where digest = any($1::text[]) "
        "order by digest for update",
        [digest_of(sheet.token) for item in items for sheet in item.body.sheets],
    )
    return Returning(rounds, {(row[0], row[1], row[2]) for row in rows})


COUNTED = """
    select survey_id, township, count(*),
        count(*) filter (where flaw is null),
        count(*) filter (where flaw is null and feeling = 'DONT_KNOW'),
        count(*) filter (where flaw is null and feeling in ('SAFE', 'BASICALLY_SAFE')),
        count(*) filter (where flaw is null and feeling = 'SAFE'),
        count(*) filter (where flaw is null and aware <> '[]'),
        count(*) filter (where flaw is null and took_part <> '[]')
    from survey_answer where survey_id = any($1::uuid[]) group by 1, 2"""


async def counted(
    connection: AsyncConnection, items: Sequence[Item]
) -> dict[UUID, list[SurveyResult]]:
    """By survey and township. The surveys are locked: whatever is being returned is written by now."""
    raw, ids = await driver(connection), [item.id for item in items]
    answers = {(row[0], row[1]): tuple(row)[2:] for row in await raw.fetch(COUNTED, ids)}
    rows = await raw.fetch(
        "select survey_id, left(area_code, 9), sum(questionnaires)::bigint from survey_issue "
        "where survey_id = any($1::uuid[]) group by 1, 2",
        ids,
    )
    issued = {(row[0], row[1]): row[2] for row in rows}
    found: dict[UUID, list[SurveyResult]] = {id_: [] for id_ in ids}
    for survey, township in sorted(issued):
        place = (survey, township)
        found[survey].append(told_of(township, issued[place], answers.get(place, (0,) * 7)))
    return found
