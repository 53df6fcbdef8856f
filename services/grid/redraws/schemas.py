from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body
from services.grid.areas.schemas import Notice

Code = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){1,3}$")]


class ClosingIn(BaseModel):
    """An area that is no more. `heir`: which one of several successors takes over its past when figures are shown
    by the present tree; without it they stay undivided, with what the successors lie in."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    heir: Code | None = None


class OpeningIn(Notice):
    """An area that comes of others, all of its own level. Its parent is its code without the last three digits."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    name: str = Field(min_length=1, max_length=60)
    kind: str = Field(pattern=r"^[A-Z_]{2,30}$")
    demo: bool = False
    predecessors: list[Code] = Field(min_length=1, max_length=20)


class RedrawIn(BaseModel):
    """Areas of one district that are no more from a day on, with all that lies below them, and those that come of
    them. A code is never used again."""

    model_config = ConfigDict(extra="forbid")

    on: date = Field(
        ge=date(1900, 1, 1), lt=date(2200, 1, 1), description="The first day of the new areas."
    )
    closes: list[ClosingIn] = Field(min_length=1, max_length=500)
    opens: list[OpeningIn] = Field(default=[], max_length=500)

    @property
    def codes(self) -> list[str]:
        """As it names them."""
        return [*(row.code for row in self.closes), *(row.code for row in self.opens)]


class Part(Body):
    """What a redraw does to one of its areas."""

    code: str
    redraw: RedrawIn


class WithdrawalIn(BaseModel):
    """A redraw that is planned: its day, and the areas that it was to close, or some of them with all that come of
    them."""

    model_config = ConfigDict(extra="forbid")

    on: date = Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))
    closes: list[Code] = Field(min_length=1, max_length=500)


class Undone(Body):
    """What is undone of one of its areas; `opens`: those that were to come of them all."""

    code: str
    opens: list[str]
    withdrawal: WithdrawalIn


class Withdrawn(BaseModel):
    """How many areas do not close, and how many are not opened."""

    closes: int
    opens: int


class Redrawn(BaseModel):
    """What a redraw did; what was done already counts as unchanged."""

    closed: int = 0
    opened: int = 0
    unchanged: int = 0
