"""Publicity materials (宣传品): a ledger in which nobody hands on what they do not have. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.chassis.errors import Conflict, Forbidden, Invalid
from services.chassis.identity.caller import Caller
from services.contracts.codes_outreach import EntryKind, Recipient
from services.grid.policy import OFFICES

MOST_A_DISTRIBUTION = 500


class ItemUnknown(Invalid):
    """There is none, or it is another area's."""

    zh = "该区域没有此宣传品。"
    en = "There is no such item in that area."
    pointer = "/item_id"


class EntryUnknown(Invalid):
    """There is none in the caller's areas."""

    zh = "没有可冲销的此笔记录。"
    en = "There is no such entry to be countered."
    pointer = "/counters"


class AlreadyCountered(Conflict):
    zh = "该笔记录已冲销。"
    en = "The entry is countered already."
    pointer = "/counters"


class IsCounterEntry(Invalid):
    """Whoever countered by mistake enters the thing anew."""

    zh = "冲销记录不能再冲销，请重新登记。"
    en = "A counter-entry cannot be countered; enter the thing anew."
    pointer = "/counters"


class NotEnough(Conflict):
    """Σ distributed ≤ Σ issued ≤ stock, of each item and holder."""

    def __init__(self, zh: str, en: str, left: int) -> None:
        told = max(left, 0)
        super().__init__(f"{zh} {told} 件。", f"{en}: {told}.", pointer="/quantity")


class NotInStock(NotEnough):
    def __init__(self, left: int) -> None:
        super().__init__("乡镇（街道）的库存只剩", "The township has less in stock", left)


class NotIssued(NotEnough):
    def __init__(self, left: int) -> None:
        super().__init__(
            "发给该网格而未分发的只剩", "The grid has less left of what was issued", left
        )


class NotInStockYet(Conflict):
    """It came later than it is said to have been issued."""

    zh = "该时间库存不足：所发放的宣传品当时尚未入库，或已发往他处。"
    en = "At that time the township had less in stock: it came later, or was issued elsewhere."
    pointer = "/occurred_at"


class NotIssuedYet(Conflict):
    """It was issued later than it is said to have been distributed."""

    zh = "该时间网格持有不足：所分发的宣传品当时尚未发放，或已分发。"
    en = "At that time the grid had less in hand: it was issued later, or had been distributed."
    pointer = "/occurred_at"


class CounteredBeforeEntry(Invalid):
    zh = "冲销不能早于所冲销的记录。"
    en = "An entry is not countered before it was made."
    pointer = "/occurred_at"


class AlreadyHandedOn(Conflict):
    zh = "已往下发放或分发，须先冲销后面的记录。"
    en = "It has been handed on: counter the later entries first."
    pointer = "/counters"


class NotItsHolder(Invalid):
    """Townships stock, grids are issued to and distribute."""

    zh = "入库登记在乡镇（街道），发放与分发登记在网格。"
    en = "Stock is of a township; what is issued or distributed is of a grid."
    pointer = "/area_code"


class TooManyAtOnce(Invalid):
    zh = f"一次分发不超过 {MOST_A_DISTRIBUTION} 件。"
    en = f"One distribution has {MOST_A_DISTRIBUTION} pieces at most."
    pointer = "/quantity"


class RecipientOfDistributions(Invalid):
    zh = "分发须填写对象，其他记录不填。"
    en = "A distribution tells its recipient; no other entry has one."
    pointer = "/recipient"


class StockIsOfOffices(Forbidden):
    zh = "入库与发放由乡镇（街道）或区级机构登记。"
    en = "Stock and issues are entered by a township or district office."
    pointer = "/entry_kind"


def require_entry(
    kind: EntryKind, area_code: str, quantity: int, recipient: Recipient | None, caller: Caller
) -> None:
    """Refuse what is not of the kind that it says it is."""
    is_distribution = kind is EntryKind.DISTRIBUTION
    if not is_distribution and not caller.roles & OFFICES:
        raise StockIsOfOffices
    if len(area_code) != (9 if kind is EntryKind.STOCK_IN else 15):
        raise NotItsHolder
    if is_distribution and quantity > MOST_A_DISTRIBUTION:
        raise TooManyAtOnce
    if is_distribution is (recipient is None):
        raise RecipientOfDistributions


class Balances:
    """What each holder of each item got and gave, and when, counted from the ledger: of a grid its own, of a township
    what came to it and what it issued to all of its grids. What moved before `since` is one sum, under None."""

    def __init__(self) -> None:
        self.since: datetime | None = None
        self._moves: dict[tuple[UUID, EntryKind, str], Counter[datetime | None]] = {}

    def know(
        self, item: UUID, kind: EntryKind, area_code: str, moves: Mapping[datetime | None, int]
    ) -> None:
        self._moves[item, kind, area_code] = Counter(moves)

    def enter(
        self, item: UUID, kind: EntryKind, area_code: str, quantity: int, at: datetime
    ) -> None:
        """Enter `quantity` (of a counter-entry below zero) as of `at`, or refuse and leave all as it was. Nobody may
        have had less than nothing at any instant since."""
        township = area_code[:9]
        in_stock = self._left(item, EntryKind.STOCK_IN, EntryKind.ISSUE, township, at)
        in_hand = self._left(item, EntryKind.ISSUE, EntryKind.DISTRIBUTION, area_code, at)
        match kind:
            case EntryKind.STOCK_IN if in_stock.least + quantity < 0:
                raise AlreadyHandedOn
            case EntryKind.ISSUE if quantity > in_stock.least:
                raise NotInStockYet if quantity <= in_stock.last else NotInStock(in_stock.least)
            case EntryKind.ISSUE if in_hand.least + quantity < 0:
                raise AlreadyHandedOn
            case EntryKind.DISTRIBUTION if quantity > in_hand.least:
                raise NotIssuedYet if quantity <= in_hand.last else NotIssued(in_hand.least)
        for holder in {area_code, township}:
            self._moves.setdefault((item, kind, holder), Counter())[at] += quantity

    def _left(
        self, item: UUID, came: EntryKind, went: EntryKind, holder: str, at: datetime
    ) -> "Left":
        moves = Counter(self._moves.get((item, came, holder), {}))
        moves.subtract(self._moves.get((item, went, holder), {}))
        then = {when: n for when, n in moves.items() if when is not None and when > at}
        balance = least = moves.total() - sum(then.values())
        for when in sorted(then):
            balance += then[when]
            least = min(least, balance)
        return Left(least, balance)


class Left(NamedTuple):
    """What a holder has left: the least that it ever was from an instant on, and what it is at last."""

    least: int
    last: int
