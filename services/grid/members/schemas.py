from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.chassis.identifiers import Mobile
from services.chassis.operation import Body, Creation
from services.chassis.privacy.numbers import AnyResidentId
from services.chassis.privacy.people import Line, PersonOut, Shown
from services.contracts.codes_people import LoadWarning, MemberKind
from services.grid.members.models import Member
from services.grid.members.rules import Appointment, Status
from services.grid.organisations.schemas import Code as Branch
from services.grid.reports.schemas import AreaCode

GridCode = Annotated[str, Field(pattern=r"^[0-9]{15}$", examples=["330703105291001"])]
Account = Annotated[str, Field(pattern=r"^[!-~]{1,100}$")]


def _distinct(grids: list[str]) -> list[str]:
    if len(set(grids)) < len(grids):
        raise ValueError("each grid is named once")
    return grids


class IdentityIn(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=2, max_length=40)
    phone: Mobile
    resident_id: AnyResidentId | None = Field(
        None, description="公民身份号码；第一代（15 位）仅限历史导入 · of 15 digits in history only"
    )


class MemberIn(Creation):
    """Somebody who serves `grids` from `occurred_at` on. `area_code`: where they belong, a grid at best. `account`:
    the subject under which they sign in. `branch`: the party branch of a party member, an organisation's code."""

    area_code: AreaCode
    identity: IdentityIn
    account: Account
    kind: MemberKind
    is_party_member: bool = False
    branch: Branch | None = None
    grids: Annotated[list[GridCode], Field(min_length=1, max_length=20), AfterValidator(_distinct)]


class GridIn(Body):
    grid_code: GridCode


class LeaveIn(Body):
    """A step that needs nothing to be said."""


class ChangeIn(Body):
    """What is not named stays. `identity` is told whole: it replaces what was known. `area_code`: where they belong
    from now on, as after a redraw."""

    area_code: AreaCode | None = None
    identity: IdentityIn | None = None
    account: Account | None = None
    kind: MemberKind | None = None
    is_party_member: bool | None = None
    branch: Branch | None = None


class MemberLine(BaseModel):
    """A member in a list, masked: 朱**, 138****5678. `load`: households linked with them now; `load_warning`: where
    that is unusual for a red member (5 to 10, by configuration)."""

    id: UUID
    version: int
    area_code: str
    person: UUID
    masked_name: str | None
    masked_phone: str | None
    erased: bool
    status: Status
    kind: MemberKind
    is_party_member: bool
    branch: str | None
    starts_on: date
    ends_on: date | None
    load: int
    load_warning: LoadWarning | None
    late_entry: bool


class MemberOut(BaseModel):
    """A member in full, masked. `allowed_actions`: operation ids that this caller could run on it now."""

    id: UUID
    version: int
    area_code: str
    person: UUID
    masked_name: str | None
    masked_phone: str | None
    masked_resident_id: str | None
    erased: bool
    account: str
    status: Status
    kind: MemberKind
    is_party_member: bool
    branch: str | None
    appointments: list[Appointment]
    starts_on: date
    ends_on: date | None
    late_entry: bool
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, member: Member, allowed: list[str], people: Shown) -> "MemberOut":
        person = people[member.person]
        told = member.model_dump() | shown(person) | {"masked_resident_id": person.resident_id}
        return cls.model_validate(told | {"allowed_actions": allowed})


def put(line: Line, people: Shown) -> None:
    line |= shown(people[UUID(line["person"])])


def shown(person: PersonOut) -> dict[str, Any]:
    return {
        "masked_name": person.name,
        "masked_phone": person.phone,
        "erased": person.erased,
    }
