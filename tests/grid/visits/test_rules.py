from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest

from services.contracts.codes_people import VisitMode
from services.grid.visits.rules import (
    Link,
    NotLinked,
    NotYours,
    OccasionUnknown,
    Status,
    Step,
    StepNotAllowed,
    after,
    fulfils,
    link_of,
    require_occasions,
    require_own_or_office,
    will_do_by_phone,
)
from tests.grid.field import GRID, MEMBER
from tests.grid.people import ELSEWHERE, VILLAGE
from tests.support.people import DISTRICT, TOWNSHIP

DAY = date(2026, 3, 2)
S = Status
ALLOWED: dict[Status, dict[str, Status]] = {
    S.RECORDED: {"correct": S.RECORDED, "void": S.VOIDED},
    S.VOIDED: {},
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_lifecycle_allows_it(status: Status, step: Step) -> None:
    if step in ALLOWED[status]:
        assert after(status, step) is ALLOWED[status][step]
    else:
        with pytest.raises(StepNotAllowed, match=f"Cannot {step} a visit that is {status}"):
            after(status, step)


@pytest.mark.parametrize(
    ("mode", "tags", "done"),
    [
        (VisitMode.IN_PERSON, [], True),
        (VisitMode.IN_PERSON, ["AWAY"], True),
        (VisitMode.PHONE, [], False),
        (VisitMode.PHONE, ["B1"], False),
        (VisitMode.PHONE, ["B1", "AWAY"], True),
        (VisitMode.NOT_MET, [], False),
        (VisitMode.NOT_MET, ["AWAY"], False),
    ],
)
def test_what_fulfils_the_weekly_duty(mode: VisitMode, tags: list[str], done: bool) -> None:
    assert fulfils(mode, will_do_by_phone(tags, {"AWAY"})) is done


def link(account: str, first: int, end: int | None) -> Link:
    since, until = DAY + timedelta(days=first), None if end is None else DAY + timedelta(days=end)
    return Link(UUID(int=first + 99), UUID(int=1), account, since, until, "330703105291001")


@pytest.mark.parametrize(
    ("day", "who"), [(-1, None), (0, "a"), (4, "a"), (5, "b"), (8, "b"), (9, None), (20, "a")]
)
def test_only_who_is_linked_on_that_day_visits(day: int, who: str | None) -> None:
    links = [link("a", 0, 5), link("b", 5, 9), link("a", 20, None)]
    for account in ("a", "b", "c"):
        on = DAY + timedelta(days=day)
        if account == who:
            assert link_of(links, account, on).account == account
        else:
            with pytest.raises(NotLinked):
                link_of(links, account, on)


def test_occasions_are_those_of_the_table() -> None:
    require_occasions(["A1", "B4"], {"A1", "B4"})
    with pytest.raises(OccasionUnknown) as refused:
        require_occasions(["A1", "B9"], {"A1"})
    assert refused.value.pointer == "/occasions/1"


def test_who_made_it_and_offices_of_its_area_correct_a_visit() -> None:
    for who, by in ((MEMBER, MEMBER.subject), (TOWNSHIP, "x"), (DISTRICT, "x")):
        require_own_or_office(who, who.subject, by, GRID)
    for who in (MEMBER, VILLAGE, ELSEWHERE):
        with pytest.raises(NotYours):
            require_own_or_office(who, who.subject, "x", GRID)
