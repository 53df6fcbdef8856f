from collections import Counter
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
    NotIssued,
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


def test_nobody_hands_on_what_they_do_not_have() -> None:
    balances = Balances()
    with pytest.raises(NotInStock, match="less in stock: 0"):
        balances.enter(LEAFLET, ISSUE, GRID, 1)
    balances.enter(LEAFLET, STOCK, TOWN, 100)
    balances.enter(LEAFLET, ISSUE, GRID, 60)
    with pytest.raises(NotInStock, match="less in stock: 40"):
        balances.enter(LEAFLET, ISSUE, NEXT_GRID, 41)
    with pytest.raises(NotInStock, match="less in stock: 0"):
        balances.enter(UUID(int=2), ISSUE, GRID, 1)
    with pytest.raises(NotInStock, match="less in stock: 0"):
        balances.enter(LEAFLET, ISSUE, f"{OTHER_TOWN}201001", 1)
    balances.enter(LEAFLET, GIVEN, GRID, 60)
    with pytest.raises(NotIssued, match="what was issued: 0"):
        balances.enter(LEAFLET, GIVEN, GRID, 1)


def test_what_was_handed_on_is_countered_from_the_end() -> None:
    balances = Balances()
    for kind, area in ((STOCK, TOWN), (ISSUE, GRID), (GIVEN, GRID)):
        balances.enter(LEAFLET, kind, area, 10)
    for kind, area in ((STOCK, TOWN), (ISSUE, GRID)):
        with pytest.raises(AlreadyHandedOn):
            balances.enter(LEAFLET, kind, area, -10)
    for kind, area in ((GIVEN, GRID), (ISSUE, GRID), (STOCK, TOWN)):
        balances.enter(LEAFLET, kind, area, -10)
    with pytest.raises(NotInStock):
        balances.enter(LEAFLET, ISSUE, GRID, 1)


wishes = st.lists(
    st.tuples(
        st.sampled_from([UUID(int=1), UUID(int=2)]),
        st.sampled_from(EntryKind),
        st.sampled_from([GRID, NEXT_GRID, f"{OTHER_TOWN}201001"]),
        st.integers(-30, 60),
    ),
    max_size=60,
)


@given(wishes)
def test_distributed_never_exceeds_issued_nor_issued_the_stock(
    wishes: list[tuple[UUID, EntryKind, str, int]],
) -> None:
    """And nothing is refused that would keep it so."""
    balances, ledger = Balances(), Counter[tuple[UUID, EntryKind, str]]()
    for item, kind, grid, quantity in wishes:
        area = grid[:9] if kind is STOCK else grid
        after = ledger.copy()
        after[item, kind, area] += quantity
        try:
            balances.enter(item, kind, area, quantity)
        except Refusal:
            assert not holds(after)
        else:
            ledger = after
            assert holds(ledger)


def holds(ledger: Counter[tuple[UUID, EntryKind, str]]) -> bool:
    grids = {(item, area) for item, _, area in ledger if len(area) == 15}
    towns = {(item, area[:9]) for item, _, area in ledger}
    issued = Counter[tuple[UUID, str]]()
    for (item, kind, area), quantity in ledger.items():
        issued[item, area[:9]] += quantity if kind is ISSUE else 0
    return all(ledger[i, GIVEN, grid] <= ledger[i, ISSUE, grid] for i, grid in grids) and all(
        issued[i, town] <= ledger[i, STOCK, town] for i, town in towns
    )
