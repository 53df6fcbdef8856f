"""Surveys (三率问卷), the tokens handed out, what came back, and the answers, which belong to nobody."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored, stored_json
from services.contracts.codes_outreach import AgeBand, Channel, Feeling, Flaw, Sex
from services.contracts.grid_outreach import (
    SurveyIssueSnapshot,
    SurveyResult,
    SurveyReturnSnapshot,
    SurveySnapshot,
)
from services.grid.surveys.rules import Status, Step, after


class Activity(BaseModel):
    """What people are asked whether they know of it or took part in it."""

    code: str
    name: str
    name_en: str


class Questions(BaseModel):
    """One version of what is asked. Whoever takes less than `fewest_seconds` has not read it."""

    version: int
    activities: list[Activity]
    fewest_seconds: int


class Survey(AggregateRow, table=True):
    """One round of questionnaires in an area. `results`: by township, counted when it is closed and not before;
    nobody learns what the last answer was. Rounds of our own: official results are another series."""

    __tablename__ = "survey"

    status: Status = Field(default=Status.OPEN, sa_type=stored(Status))
    name: str
    name_en: str
    starts_on: date
    ends_on: date
    versions: list[Questions] = Field(sa_type=stored_json(list[Questions]))
    closed_on: date | None = None
    results: list[SurveyResult] = Field(default=[], sa_type=stored_json(list[SurveyResult]))

    @classmethod
    def open(cls, at: datetime, **facts: Any) -> tuple[Self, SurveySnapshot]:
        """A new round; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], **facts)
        return new, new._told(at)

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def revise(
        self, activities: Sequence[Activity], fewest_seconds: int, *, at: datetime
    ) -> SurveySnapshot:
        """A new version of the questions; answers to older ones stay good."""
        self.status = after(self.status, Step.REVISE)
        version = self.versions[-1].version + 1
        told = Questions(version=version, activities=[*activities], fewest_seconds=fewest_seconds)
        self.versions = [*self.versions, told]
        return self._told(at)

    def close(self, results: list[SurveyResult], day: date, *, at: datetime) -> SurveySnapshot:
        self.status = after(self.status, Step.CLOSE)
        self.results, self.closed_on = results, day
        return self._told(at)

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> SurveySnapshot:
        return SurveySnapshot.model_validate(self, from_attributes=True)

    def _told(self, at: datetime) -> SurveySnapshot:
        self.occurred_at = at
        return self.snapshot()


class SurveyIssue(AggregateRow, table=True):
    """Questionnaires handed to the households of an area, each with a token. `households` and `digests` are not
    kept here: the database files them apart, so that no household stands beside its token."""

    __tablename__ = "survey_issue"

    survey_id: UUID = Field(index=True)
    households: list[UUID] = Field(sa_type=stored_json(list[UUID]))
    digests: list[str] = Field(sa_type=stored_json(list[str]))
    questionnaires: int
    recorded_by: str

    @classmethod
    def record(cls, at: datetime, **facts: Any) -> tuple[Self, SurveyIssueSnapshot]:
        facts |= {"questionnaires": len(facts["digests"]), "correlation_id": facts["survey_id"]}
        new = cls(occurred_at=at, **facts)
        return new, new.snapshot()

    @property
    def shown_status(self) -> str:
        return "ISSUED"

    def snapshot(self) -> SurveyIssueSnapshot:
        return SurveyIssueSnapshot.model_validate(self, from_attributes=True)


class SurveyHousehold(SQLModel, table=True):
    """A household that has had a token of a survey: it gets no other."""

    __tablename__ = "survey_household"

    survey_id: UUID = Field(primary_key=True)
    household: UUID = Field(primary_key=True)


class SurveyToken(SQLModel, table=True):
    """A token that is not spent, by its digest; a spent one is gone, and nothing tells when."""

    __tablename__ = "survey_token"

    digest: str = Field(primary_key=True)
    survey_id: UUID
    township: str = Field(max_length=9)


class SurveyDigest(SQLModel, table=True):
    """A digest that was handed out once, spent or not: it is never handed out again."""

    __tablename__ = "survey_digest"

    digest: str = Field(primary_key=True)


class SurveyReturn(AggregateRow, table=True):
    """Questionnaires that came back together: who entered them, and how many. `spent` and `sheets` are not kept
    here: the database takes the tokens away, files each sheet as an answer of its own, and forgets where it came
    from."""

    __tablename__ = "survey_return"

    survey_id: UUID = Field(index=True)
    channel: Channel = Field(sa_type=stored(Channel))
    questionnaires: int
    valid: int
    spent: list[str] = Field(sa_type=stored_json(list[str]))
    sheets: list[dict[str, Any]] = Field(sa_type=stored_json(list[dict[str, Any]]))
    recorded_by: str

    @classmethod
    def record(cls, at: datetime, **facts: Any) -> tuple[Self, SurveyReturnSnapshot]:
        new = cls(correlation_id=facts["survey_id"], occurred_at=at, **facts)
        return new, new.snapshot()

    @property
    def shown_status(self) -> str:
        return "RETURNED"

    def snapshot(self) -> SurveyReturnSnapshot:
        return SurveyReturnSnapshot.model_validate(self, from_attributes=True)


class SurveyAnswer(SQLModel, table=True):
    """One questionnaire's answers. No token, household, person, time or place below the township, and no order:
    its id is random, and rows are filed anew at random with those that come (see the trigger of the returns)."""

    __tablename__ = "survey_answer"

    survey_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    township: str = Field(max_length=9)
    version: int
    channel: Channel = Field(sa_type=stored(Channel))
    age_band: AgeBand = Field(sa_type=stored(AgeBand))
    sex: Sex = Field(sa_type=stored(Sex))
    feeling: Feeling | None = Field(default=None, sa_type=stored(Feeling))
    aware: list[str] | None = Field(default=None, sa_type=stored_json(list[str]))
    took_part: list[str] | None = Field(default=None, sa_type=stored_json(list[str]))
    flaw: Flaw | None = Field(default=None, sa_type=stored(Flaw))
