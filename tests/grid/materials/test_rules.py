from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.contracts.codes_outreach import EntryKind, Recipient
from services.grid.materials.rules import (
    AlreadyHandedOn,
    Balances,
    NotInStock,
    NotInStockYet,
    NotIssued,
    NotIssuedYet,
    NotItsHolder,
    RecipientOfDistributions,
    StockIsOfOffices,
    TooManyAtOnce,
    require_entry,
)
from tests.grid.field import GRID, MEMBER, OTHER_TOWN, TOWN
from tests.grid.people import VILLAGE
from tests.support.people import DISTRICT, IMPORTER, TOWNSHIP

STOCK, ISSUE, GIVEN = EntryKind
LEAFLET, NEXT_GRID = UUID(int=1), "330703105291002"


def told(kind: EntryKind, who: Caller = TOWNSHIP, **facts: object) -> type[Refusal] | None:
    """The refusal that an entry meets which is right but for `facts`."""
    usual = {
        "area_code": TOWN if kind is STOCK else GRID,
        "quantity": 500,
        "recipient": Recipient.PUBLIC if kind is GIVEN else None,
    }
    try:
        require_entry(kind, **usual | facts, caller=who)  # type: ignore[arg-type]
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize(("kind", "who"), list(product(EntryKind, (TOWNSHIP, DISTRICT, IMPORTER))))
def test_offices_enter_everything(kind: EntryKind, who: Caller) -> None:
    assert told(kind, who) is None


@pytest.mark.parametrize("who", [MEMBER, VILLAGE])
def test_members_and_villages_enter_what_they_distribute(who: Caller) -> None:
    assert [told(kind, who) for kind in EntryKind] == [StockIsOfOffices, StockIsOfOffices, None]


@pytest.mark.parametrize("area", ["330703", TOWN, "330703105291", GRID])
def test_every_entry_is_of_its_holder(area: str) -> None:
    assert told(STOCK, area_code=area) is (None if area == TOWN else NotItsHolder)
    for kind in (ISSUE, GIVEN):
        assert told(kind, area_code=area) is (None if area == GRID else NotItsHolder)


def test_a_distribution_is_small_and_says_to_whom() -> None:
    assert told(GIVEN, quantity=501) is TooManyAtOnce
    assert told(ISSUE, quantity=501) is told(STOCK, quantity=501) is None
    assert told(GIVEN, recipient=None) is RecipientOfDistributions
    assert told(ISSUE, recipient=Recipient.PUBLIC) is RecipientOfDistributions
    assert told(STOCK, recipient=Recipient.HOUSEHOLD) is RecipientOfDistributions


def at(hour: int) -> datetime:
    return datetime(2026, 3, 2, hour, tzinfo=UTC)


def test_nobody_hands_on_what_they_do_not_have() -> None:
    balances = Balances()
    with pytest.raises(NotInStock, match="less in stock: 0"):
        balances.enter(LEAFLET, ISSUE, GRID, 1, at(1))
    balances.enter(LEAFLET, STOCK, TOWN, 100, at(1))
    balances.enter(LEAFLET, ISSUE, GRID, 60, at(1))
    with pytest.raises(NotInStock, match="less in stock: 40"):
        balances.enter(LEAFLET, ISSUE, NEXT_GRID, 41, at(2))
    with pytest.raises(NotInStock, match="less in stock: 0"):
        balances.enter(UUID(int=2), ISSUE, GRID, 1, at(2))
    with pytest.raises(NotInStock, match="less in stock: 0"):
        balances.enter(LEAFLET, ISSUE, f"{OTHER_TOWN}201001", 1, at(2))
    balances.enter(LEAFLET, GIVEN, GRID, 60, at(1))
    with pytest.raises(NotIssued, match="what was issued: 0"):
        balances.enter(LEAFLET, GIVEN, GRID, 1, at(2))


def test_nobody_hands_on_what_they_do_not_have_yet() -> None:
    balances = Balances()
    balances.enter(LEAFLET, STOCK, TOWN, 100, at(5))
    with pytest.raises(NotInStockYet):
        balances.enter(LEAFLET, ISSUE, GRID, 60, at(4))
    balances.enter(LEAFLET, ISSUE, GRID, 60, at(6))
    with pytest.raises(NotIssuedYet):
        balances.enter(LEAFLET, GIVEN, GRID, 60, at(5))
    balances.enter(LEAFLET, GIVEN, GRID, 50, at(8))
    with pytest.raises(NotIssued, match="what was issued: 10"):  # the others go later
        balances.enter(LEAFLET, GIVEN, GRID, 11, at(7))


def test_what_is_known_of_before_counts_from_the_beginning() -> None:
    balances = Balances()
    balances.know(LEAFLET, STOCK, TOWN, {None: 10, at(3): 5})
    with pytest.raises(NotInStockYet):
        balances.enter(LEAFLET, ISSUE, GRID, 11, at(2))
    balances.enter(LEAFLET, ISSUE, GRID, 10, at(2))


def test_what_was_handed_on_is_countered_from_the_end() -> None:
    balances = Balances()
    for kind, area in ((STOCK, TOWN), (ISSUE, GRID), (GIVEN, GRID)):
        balances.enter(LEAFLET, kind, area, 10, at(1))
    for kind, area in ((STOCK, TOWN), (ISSUE, GRID)):
        with pytest.raises(AlreadyHandedOn):
            balances.enter(LEAFLET, kind, area, -10, at(2))
    balances.enter(LEAFLET, GIVEN, GRID, -10, at(4))
    with pytest.raises(AlreadyHandedOn):
        balances.enter(LEAFLET, ISSUE, GRID, -10, at(3))
    balances.enter(LEAFLET, ISSUE, GRID, -10, at(5))
    balances.enter(LEAFLET, STOCK, TOWN, -10, at(5))
    with pytest.raises(NotInStock):
        balances.enter(LEAFLET, ISSUE, GRID, 1, at(6))


Move = tuple[UUID, EntryKind, str, int, datetime]
moves = st.tuples(
    st.sampled_from([UUID(int=1), UUID(int=2)]),
    st.sampled_from(EntryKind),
    st.sampled_from([GRID, NEXT_GRID, f"{OTHER_TOWN}201001"]),
    st.integers(-30, 60),
    st.integers(0, 5).map(at),
)


@given(st.lists(moves, max_size=60))
def test_at_no_instant_is_more_distributed_than_issued_nor_issued_than_stocked(
    wishes: list[Move],
) -> None:
    """And nothing is refused that would keep it so."""
    balances, ledger = Balances(), list[Move]()
    for item, kind, grid, quantity, when in wishes:
        area = grid[:9] if kind is STOCK else grid
        after = [*ledger, (item, kind, area, quantity, when)]
        try:
            balances.enter(item, kind, area, quantity, when)
        except Refusal:
            assert not all(holds(after, hour) for hour in range(6))
        else:
            ledger = after
            assert all(holds(ledger, hour) for hour in range(6))


def holds(ledger: list[Move], hour: int) -> bool:
    """Whether everybody had what they handed on until then."""

    def sum_of(kind: EntryKind, item: UUID, place: str) -> int:
        return sum(
            n
            for i, k, area, n, when in ledger
            if (i, k) == (item, kind) and area.startswith(place) and when <= at(hour)
        )

    places = {(item, area) for item, _, area, *_ in ledger}
    return all(
        sum_of(GIVEN, item, area) <= sum_of(ISSUE, item, area)
        for item, area in places
        if len(area) == 15
    ) and all(
        sum_of(ISSUE, item, area[:9]) <= sum_of(STOCK, item, area[:9]) for item, area in places
    )
