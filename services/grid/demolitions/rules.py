"""Demolitions of illegal buildings (拆违): what a record must say. Pure."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.chassis.attachments.declared import AttachmentIn
from services.chassis.errors import Conflict, Forbidden, Invalid
from services.chassis.identity.caller import Caller
from services.contracts.codes_outreach import DemolitionMode
from services.grid.policy import OFFICES
from services.media.kinds import FileKind

HUNDREDTH = Decimal("0.01")


class Status(StrEnum):
    RECORDED = "RECORDED"  # 已登记
    CONFIRMED = "CONFIRMED"  # 已核实
    VOIDED = "VOIDED"  # 已作废


class Step(StrEnum):
    ADD_PHOTOS = "add_photos"
    CONFIRM = "confirm"
    VOID = "void"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.RECORDED, Step.ADD_PHOTOS): Status.RECORDED,
    (Status.RECORDED, Step.CONFIRM): Status.CONFIRMED,
    (Status.RECORDED, Step.VOID): Status.VOIDED,
    (Status.CONFIRMED, Step.VOID): Status.VOIDED,
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。",
            f"Cannot {step} a demolition that is {status}.",
        )


class LegalDocMissing(Invalid):
    """《城乡规划法》第 64、65、68 条: force needs an order of the government that is competent."""

    zh = "强制拆除须填写法律文书编号（城乡规划法第六十四、六十五、六十八条）。"
    en = (
        "A demolition by force names its legal document (Urban and Rural Planning Law, 64, 65, 68)."
    )
    pointer = "/legal_doc_no"


class ForceIsOfOffices(Forbidden):
    """Members persuade and lend a hand; they order nothing."""

    zh = "强制拆除由乡镇（街道）或区级机构登记。"
    en = "A demolition by force is recorded by a township or district office."
    pointer = "/mode"


class PhotoUnknown(Invalid):
    def __init__(self, pointer: str) -> None:
        super().__init__(
            "照片须为本次声明的附件，且只归于拆前或拆后之一。",
            "A photo is one of the attachments declared here, of before or of after.",
            pointer=pointer,
        )


class PhotosMissing(Conflict):
    """Two photos show a demolition: what stood there, and that it is gone."""

    zh = "核实须有拆前和拆后照片。"
    en = "To confirm it takes a photo of before and one of after."


class ConfirmedByRecorder(Forbidden):
    zh = "登记人不能核实本人登记的拆违。"
    en = "Whoever recorded a demolition does not confirm it."


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def require_ground(mode: DemolitionMode, legal_doc_no: str | None, caller: Caller) -> None:
    """Refuse force without its legal document, or told by somebody who could not order it."""
    if mode is not DemolitionMode.FORCED:
        return
    if not caller.roles & OFFICES:
        raise ForceIsOfOffices
    if legal_doc_no is None:
        raise LegalDocMissing


def require_photos(
    declared: Iterable[AttachmentIn], before: Sequence[UUID], gone: Sequence[UUID]
) -> None:
    """Each is one of the photos declared, and of one side alone."""
    photos = {file.id for file in declared if file.kind == FileKind.PHOTO}
    for pointer, some in (("/before", before), ("/after", gone)):
        if not {*some} <= photos:
            raise PhotoUnknown(pointer)
    if {*before} & {*gone}:
        raise PhotoUnknown("/after")


def require_shown(
    before: Sequence[UUID], gone: Sequence[UUID], come: Collection[UUID] | None = None
) -> None:
    """A photo of each side is declared, and is among those that have `come`, where that is known: one that was
    withdrawn shows nothing."""
    for side in (before, gone):
        if not (side if come is None else {*side} & {*come}):
            raise PhotosMissing
