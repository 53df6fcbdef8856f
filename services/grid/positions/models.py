"""Positions as they are kept, and what is asked of them."""

from datetime import date, datetime

from pydantic import BaseModel
from sqlmodel import Field, SQLModel

from services.contracts.codes_outreach import Datum, Suspicion


class Position(BaseModel):
    """One point, by the device's own account, with the instant at which the server learnt of it. Coordinates of
    different datums must never be mixed. Never a route."""

    lng: float
    lat: float
    datum: Datum
    accuracy_m: float
    mock: bool
    captured_at: datetime
    received_at: datetime
    suspicions: list[Suspicion]


class PositionLimit(SQLModel, table=True):
    """From when on a position proves nothing: beyond so many metres of accuracy, captured so many minutes before what
    it is to prove, or so many metres from the middle of its grid; in force from a day on, for the areas that begin
    with `area_code` (longest match wins). Configuration, not law."""

    __tablename__ = "position_limit"

    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    accuracy_m: float
    stale_minutes: int
    far_m: float
