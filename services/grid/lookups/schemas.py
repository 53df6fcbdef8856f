from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class CodeOut(BaseModel):
    """`code`: told this once, and kept by nobody; whoever has it sees how the report is going."""

    code: str


class ProgressIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=60)


class Told(BaseModel):
    code: str
    zh: str
    en: str


class ProgressOut(BaseModel):
    """How far a report is: status, dates, what follows, and nothing else. Of one that was merged into another, that
    of the other."""

    status: Told
    next_step: Told
    reported_on: date
    accepted_on: date | None
    due_on: date | None
    resolved_on: date | None
    closed_on: date | None
