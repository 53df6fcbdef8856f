"""What a report keeps of those who handle it: deliveries, requests, suspensions, and what was said at a step."""

from datetime import datetime

from pydantic import BaseModel

from services.contracts.codes_grid import DeliveryState, Part, RequestKind, RequestState


class Delivery(BaseModel):
    """A report as one organisation has it (交办件). Only the lead's runs against a clock."""

    organisation: str
    part: Part
    state: DeliveryState = DeliveryState.SENT
    sent_at: datetime
    received_at: datetime | None = None
    signed_at: datetime | None = None
    refused_at: datetime | None = None
    reason: str | None = None


class Request(BaseModel):
    """What handlers have asked for, and what was decided. `organisation`: where a transfer should go, or went.
    `allowance`: by how much an extension is longer."""

    kind: RequestKind
    state: RequestState = RequestState.PENDING
    by: str
    asked_at: datetime
    reason: str
    organisation: str | None = None
    allowance: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    answer: str | None = None


class Supervision(BaseModel):
    """督办: who demands what until when."""

    by: str
    at: datetime
    demand: str
    due_at: datetime


class Evaluation(BaseModel):
    """评价, and the call-back that an unsatisfied one asks for."""

    by: str
    at: datetime
    satisfied: bool
    score: int | None = None
    comment: str = ""
    called_back_by: str | None = None
    called_back_at: datetime | None = None
    call_back: str | None = None


class Said(BaseModel):
    """What was said at a step, by whom."""

    step: str
    by: str
    at: datetime
    text: str
