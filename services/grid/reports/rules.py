"""Who may take which step of a report, and who found it. Pure."""

from collections.abc import Collection, Sequence

from services.chassis.errors import Conflict, Forbidden, Invalid
from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.contracts.codes_grid import Finder, Level, Urgency
from services.grid.policy import HANDLERS_BY_AREA, MEMBERS, OFFICES, VILLAGE
from services.grid.reports.lifecycle import (
    OF_A_HANDLER,
    OF_ITS_AREA,
    OF_ITS_LEVEL,
    OF_THE_LEAD,
    OF_WHO_ASSISTS,
    Step,
)

CASE = "svc:disputes"
"""Who has handled a report that the end of its case resolves."""
RULING = {
    Level.GRID: HANDLERS_BY_AREA,
    Level.VILLAGE: OFFICES | VILLAGE,
    Level.TOWNSHIP: OFFICES,
    Level.DISTRICT: {roles.DISTRICT_OPERATOR, roles.DATA_IMPORTER},
}
"""Who rules on a report at each level; those above may, too, as the roles that they hold."""
TELLING = OFFICES | VILLAGE | MEMBERS | {roles.DEPARTMENT_HANDLER, roles.AUDITOR, roles.RESIDENT}
FINDERS = {
    roles.RED_GRID_MEMBER: Finder.RED_MEMBER,
    roles.FULL_TIME_GRID_MEMBER: Finder.GRID_MEMBER,
    roles.PART_TIME_GRID_MEMBER: Finder.GRID_MEMBER,
    roles.SERVICE_GROUP_MEMBER: Finder.SERVICE_GROUP,
    roles.RESIDENT: Finder.RESIDENT,
}
"""Who found what a person of that role reports; the first role counts."""


class VerifierIsHandler(Forbidden):
    """核查人、评价人与承办人须为不同的人。"""

    def __init__(self) -> None:
        super().__init__(
            "承办人本人不能核查或评价。", "Whoever handled a report does not judge it."
        )


class NotTheReporter(Forbidden):
    def __init__(self) -> None:
        super().__init__("只有上报人本人可以这样做。", "Only the reporter may do this.")


class OnlyWithdrawal(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "上报人只能以“撤回”为由注销。",
            "A reporter may only withdraw a report.",
            pointer="/reason",
        )


class OutsideYourArea(Forbidden):
    """To see a report (one's own, one assigned to one's organisation) is not to rule on it."""

    def __init__(self, area_code: str) -> None:
        super().__init__(
            f"事件所在区域 {area_code} 不在您的职责范围内。",
            f"The report's area {area_code} is outside your scope.",
        )


class OfAnotherLevel(Forbidden):
    """期限与处置由当前层级负责。"""

    def __init__(self, level: Level) -> None:
        super().__init__(
            f"该事件当前由 {level} 层级负责。", f"The report is a matter of the level {level} now."
        )


class NotAssignedToYou(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "该事件未交办给您所在的机构。", "The report is not assigned to your organisation."
        )


class FinderNotYours(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "发现人类别由您的角色确定，不能另行填写。",
            "The finder follows from your role; only an office says it for others.",
            pointer="/finder",
        )


class HandledByCase(Conflict):
    """A dispute is dealt with by its case; assigning it to an organisation as well would handle it twice."""

    def __init__(self) -> None:
        super().__init__(
            "矛盾纠纷类事件由纠纷案件处理，不再交办。",
            "A dispute is handled by its case and cannot be assigned.",
        )


class LevelNotYours(Invalid):
    """新事件由网格、村社或乡镇（街道）先行受理；特急事件可直报区级。"""

    def __init__(self) -> None:
        super().__init__(
            "只有特急事件可以直接上报区级。",
            "Only an EMERGENCY is reported to the district at once.",
            pointer="/level",
        )


def require_level(level: Level, urgency: Urgency) -> None:
    if level is Level.DISTRICT and urgency is not Urgency.EMERGENCY:
        raise LevelNotYours


def require_place(
    step: Step,
    caller: Caller,
    area_code: str,
    organisation: str | None,
    level: Level = Level.TOWNSHIP,
    assisting: Sequence[str] = (),
) -> None:
    """Refuse a step that is another area's, level's or organisation's. The permission is asked before; with
    that of cancelling, which reporters have too, only offices may."""
    here, own = caller.covers(area_code), caller.organisation
    if step is Step.CANCEL and not caller.roles & OFFICES:
        raise NotTheReporter
    if step in OF_ITS_AREA and not here:
        raise OutsideYourArea(area_code)
    if step in OF_ITS_LEVEL and not caller.roles & RULING[level]:
        raise OfAnotherLevel(level)
    leads, assists = own is not None and own == organisation, own in assisting
    mine = {
        **dict.fromkeys(OF_A_HANDLER, leads or (here and bool(caller.roles & HANDLERS_BY_AREA))),
        **dict.fromkeys(OF_THE_LEAD, leads),
        **dict.fromkeys(OF_WHO_ASSISTS, assists),
        Step.RECEIVE: leads or assists,
    }
    if not mine.get(step, True):
        raise NotAssignedToYou


def require_hand_in_it(caller: Caller, area_code: str, people: Collection[str]) -> None:
    """Refuse who neither reported nor handled it and is of no office of its area."""
    if caller.subject not in people and not is_office(caller, area_code):
        raise NotTheReporter


def is_office(caller: Caller, area_code: str) -> bool:
    """Whether the caller is of an office that is responsible for the area."""
    return bool(caller.roles & OFFICES) and caller.covers(area_code)


def may_know_the_reporter(caller: Caller, area_code: str, reporter: str) -> bool:
    """Handlers and neighbours may not: a report may accuse someone."""
    audits = roles.AUDITOR in caller.roles and caller.covers(area_code)
    return audits or is_office(caller, area_code) or caller.subject == reporter


def is_told_of(caller: Caller) -> bool:
    """Whether it is told in full to whoever sees it: to those who do so as a partner agency alone it is not."""
    return roles.AGENCY not in caller.roles or bool(caller.roles & TELLING)


def finder_of(caller: Caller, said: Finder | None) -> Finder:
    """By the caller's role. Offices, which enter what others have found, may say it."""
    if said is None:
        found = (finder for role, finder in FINDERS.items() if role in caller.roles)
        return next(found, Finder.OTHER)
    if not caller.roles & OFFICES:
        raise FinderNotYours
    return said
