from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from services.chassis.database import Instant


class ReportLookup(SQLModel, table=True):
    """The code by which anybody asks how a report is going, by its keyed digest: nobody reads the code here. A new
    one takes the place of the old."""

    __tablename__ = "report_lookup"

    report_id: UUID = Field(primary_key=True)
    digest: str = Field(unique=True)
    made_at: datetime = Field(sa_type=Instant)
