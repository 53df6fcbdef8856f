"""The status of an enterprise, and the LEC method of rating its risk. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from services.chassis.errors import Conflict, Invalid
from services.contracts.codes_inspection import Colour, EnterpriseStatus

STATUS_CHANGES: dict[EnterpriseStatus, set[EnterpriseStatus]] = {
    EnterpriseStatus.OPERATING: {
        EnterpriseStatus.SUSPENDED,
        EnterpriseStatus.MOVED_OUT,
        EnterpriseStatus.CLOSED,
    },
    EnterpriseStatus.SUSPENDED: {
        EnterpriseStatus.OPERATING,
        EnterpriseStatus.MOVED_OUT,
        EnterpriseStatus.CLOSED,
    },
    EnterpriseStatus.MOVED_OUT: {EnterpriseStatus.OPERATING, EnterpriseStatus.CLOSED},
    EnterpriseStatus.CLOSED: set(),
}
LEFT = {EnterpriseStatus.MOVED_OUT, EnterpriseStatus.CLOSED}

LIKELIHOODS = {Decimal(value) for value in ("10", "6", "3", "1", "0.5", "0.2", "0.1")}
EXPOSURES = {Decimal(value) for value in ("10", "6", "3", "2", "1", "0.5")}
CONSEQUENCES = {Decimal(value) for value in ("100", "40", "15", "7", "3", "1")}
BANDS = (
    (Decimal(320), Colour.RED),
    (Decimal(160), Colour.ORANGE),
    (Decimal(70), Colour.YELLOW),
)
HIGHEST_FIRST = (Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE)


class Step(StrEnum):
    OPEN_FILE = "open_file"
    CHANGE_STATUS = "change_status"
    RATE = "rate"


class StatusChangeNotAllowed(Conflict):
    def __init__(self, status: EnterpriseStatus, wanted: EnterpriseStatus) -> None:
        super().__init__(
            f"企业状态不能由 {status} 变为 {wanted}。",
            f"An enterprise that is {status} cannot become {wanted}.",
        )


class EnterpriseLeft(Conflict):
    """已迁出或注销的企业不再建档、评级、登记隐患、出具报告。"""

    def __init__(self, status: EnterpriseStatus) -> None:
        super().__init__(
            f"企业已离开（{status}），不再建档、评级、登记隐患或出具报告。",
            f"The enterprise has left ({status}): no file, rating, hazard or report begins there.",
        )


class FileAlreadyOpen(Conflict):
    """一企一档: an enterprise has one safety file."""

    def __init__(self) -> None:
        super().__init__("该企业已建档。", "The enterprise has its safety file already.")


class BeforeTheLast(Conflict):
    """The histories of status and colour only grow at their end."""

    def __init__(self) -> None:
        super().__init__(
            "生效时间早于上一条记录。", "This would take effect before what is recorded already."
        )


class NotAnLecValue(Invalid):
    def __init__(self, pointer: str) -> None:
        super().__init__(
            "取值不在 LEC 法规定的数值之内。",
            "The LEC method does not know this value.",
            pointer=pointer,
        )


class PointsMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "LEC 评级至少需要一个风险点。", "The LEC method needs a risk point.", pointer="/points"
        )


class ReasonMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "人工调整或撤销评级须写明理由。",
            "An override or a withdrawal needs a reason.",
            pointer="/reason",
        )


class ColourFollowsFromPoints(Invalid):
    def __init__(self, colour: Colour) -> None:
        super().__init__(
            f"按 LEC 法计算结果为 {colour}。", f"These points make it {colour}.", pointer="/colour"
        )


class ExitIsRecordedByStatus(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "企业离开请变更企业状态。",
            "To record that an enterprise left, change its status.",
            pointer="/method",
        )


def require_change(status: EnterpriseStatus, wanted: EnterpriseStatus) -> None:
    if wanted not in STATUS_CHANGES[status]:
        raise StatusChangeNotAllowed(status, wanted)


def lec(likelihood: Decimal, exposure: Decimal, consequence: Decimal, place: str = "") -> Decimal:
    """D = L × E × C; each factor one of the values of the method. `place`: pointer to the risk point."""
    if likelihood not in LIKELIHOODS:
        raise NotAnLecValue(f"{place}/likelihood")
    if exposure not in EXPOSURES:
        raise NotAnLecValue(f"{place}/exposure")
    if consequence not in CONSEQUENCES:
        raise NotAnLecValue(f"{place}/consequence")
    return likelihood * exposure * consequence


def colour_of(danger: Decimal) -> Colour:
    """The lower bound of a band belongs to the higher colour."""
    return next((colour for bound, colour in BANDS if danger >= bound), Colour.BLUE)


def worst(colours: Iterable[Colour]) -> Colour:
    """An enterprise is as dangerous as its worst risk point."""
    return min(colours, key=HIGHEST_FIRST.index)
