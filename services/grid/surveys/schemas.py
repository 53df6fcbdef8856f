from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.chassis.operation import Body, Creation
from services.contracts.codes_outreach import AgeBand, Channel, Feeling, Sex
from services.contracts.grid_outreach import SurveyResult
from services.grid.areas.schemas import Code as AnyArea
from services.grid.areas.schemas import Day
from services.grid.reports.schemas import AreaCode
from services.grid.surveys.models import Activity, Questions, Survey
from services.grid.surveys.rules import FEWEST_HOUSEHOLDS, Status

MOST_SHEETS = 100
Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,39}$", examples=["PATROL"])]


def _distinct(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise ValueError("each is named once")
    return values


class ActivityIn(Activity):
    model_config = ConfigDict(extra="forbid")

    code: Code
    name: str = Field(min_length=2, max_length=60)
    name_en: str = Field(min_length=2, max_length=100)


def _each_once(activities: list[ActivityIn]) -> list[ActivityIn]:
    _distinct([activity.code for activity in activities])
    return activities


Activities = Annotated[
    list[ActivityIn], Field(min_length=1, max_length=30), AfterValidator(_each_once)
]


class RevisionIn(Body):
    """A new version of the questions: the activities that people are asked about. `fewest_seconds`: whoever takes
    less has not read them."""

    activities: Activities
    fewest_seconds: int = Field(30, ge=0, le=600)


class SurveyIn(Creation):
    """A round of questionnaires of an area and all below it; `ends_on` is the last day of answers."""

    area_code: AnyArea
    name: str = Field(min_length=2, max_length=60)
    name_en: str = Field(min_length=2, max_length=100)
    starts_on: Day
    ends_on: Day
    activities: Activities
    fewest_seconds: int = Field(30, ge=0, le=600)


class CloseIn(Body):
    """What is counted then is told; nothing before."""


class IssueIn(Creation):
    """Questionnaires for the households of an area, one token each. Of each token only its SHA-256 (hexadecimal) is
    told; which household gets which is nowhere told."""

    survey_id: UUID
    area_code: AreaCode
    households: Annotated[list[UUID], AfterValidator(_distinct)] = Field(
        min_length=FEWEST_HOUSEHOLDS, max_length=500, description="Opaque ids."
    )
    digests: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]], AfterValidator(_distinct)
    ] = Field(min_length=FEWEST_HOUSEHOLDS, max_length=500)


class SheetIn(BaseModel):
    """One questionnaire. Null: the question was left out; an empty list: none of them. `seconds`: how long it took,
    where anybody knows."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(
        pattern=r"^[!-~]{16,100}$", description="As it was handed out; spent by this."
    )
    version: int = Field(1, ge=1, le=1000)
    age_band: AgeBand = AgeBand.UNTOLD
    sex: Sex = Sex.UNTOLD
    feeling: Feeling | None = None
    aware: Annotated[list[Code] | None, Field(max_length=30)] = None
    took_part: Annotated[list[Code] | None, Field(max_length=30)] = None
    seconds: int | None = Field(None, ge=0, le=86_400)


class ReturnIn(Creation):
    """Questionnaires that came back, together where they are on paper: the more, the less is known of each."""

    survey_id: UUID
    area_code: AreaCode
    channel: Channel
    sheets: list[SheetIn] = Field(min_length=1, max_length=MOST_SHEETS)


class SurveyLine(BaseModel):
    id: UUID
    version: int
    status: Status
    area_code: str
    name: str
    name_en: str
    starts_on: date
    ends_on: date
    closed_on: date | None


class SurveyOut(SurveyLine):
    """A survey in full. `versions`: of its questions. `allowed_actions`: operation ids that this caller could run on
    it now."""

    versions: list[Questions]
    results: list[SurveyResult]
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, survey: Survey, allowed: list[str]) -> "SurveyOut":
        shown = cls.model_validate(survey, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})


class IssueOut(BaseModel):
    """How many questionnaires were handed out, never to whom."""

    id: UUID
    version: int
    survey_id: UUID
    area_code: str
    questionnaires: int
    occurred_at: datetime
    recorded_by: str


class ReturnLine(BaseModel):
    """How many questionnaires came back, never what they say."""

    id: UUID
    version: int
    survey_id: UUID
    area_code: str
    channel: Channel
    questionnaires: int
    valid: int
    occurred_at: datetime
    recorded_by: str
    late_entry: bool
