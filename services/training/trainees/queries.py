"""Who sees which trainees, and who is registered already."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.decision import AlreadyExists
from services.chassis.errors import Refusal
from services.chassis.operation import Call, Item, Noun
from services.chassis.privacy.people import People
from services.chassis.privacy.vault import vault_of
from services.contracts.codes_training import Audience
from services.training.scope import by_area
from services.training.trainees import schemas
from services.training.trainees.models import Trainee

TRAINEES: Noun[Trainee] = Noun(
    "trainee",
    Trainee,
    lambda caller: by_area(col(Trainee.area_code), caller),
    lambda trainee, _, allowed, people: schemas.TraineeOut.of(trainee, allowed, people),
    People("trainees", reveal="trainee.reveal"),
)


class AlreadyRegistered(AlreadyExists):
    """A person of this name and number is registered; who may see the record is told its id."""

    def __init__(self, id: UUID | None) -> None:
        told = f" {id}" if id else ""
        Refusal.__init__(
            self,
            f"该姓名和手机号码的学员已登记{told}。",
            f"A trainee of this name and telephone number is registered already{told}.",
        )


def matching(audience: Audience | None, unit: str | None) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Trainee.audience) == audience if audience else None,
        col(Trainee.unit) == unit if unit else None,
    ]


@dataclass(frozen=True)
class Registered:
    """Those registered already, by mark: id and area."""

    known: dict[str, tuple[UUID, str]]

    def admit(self, mark: str, area_code: str, call: Call) -> None:
        """Nobody is registered twice, be it in one run."""
        id, known_in = self.known.get(mark, (None, ""))
        if id:
            raise AlreadyRegistered(id if call.caller.covers(known_in) else None)
        if call.caller.covers(area_code):
            self.known[mark] = (call.id, area_code)


async def registered(connection: AsyncConnection, items: Sequence[Item]) -> Registered:
    vault = vault_of(connection)
    marks = [vault.mark(TRAINEES.name, item.body.name, item.body.phone) for item in items]
    rows = await connection.execute(
        text("select mark, id, area_code from trainee where mark = any(cast(:marks as text[]))"),
        {"marks": marks},
    )
    return Registered({row[0]: (row[1], row[2]) for row in rows})
