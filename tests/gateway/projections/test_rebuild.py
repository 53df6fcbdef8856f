import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.database import driver
from services.chassis.deadletters import RetryRefused
from services.chassis.errors import Unavailable
from services.gateway import deadletters
from services.gateway.projections import store
from services.gateway.projections.beside import StillAtIt
from services.gateway.projections.cards import Projection
from services.gateway.projections.fold import Fact
from services.gateway.projections.rebuild import ParityMissed, rebuild, verify
from services.gateway.projections.refill import ChangedMeanwhile, Refill
from tests.gateway.projections.histories import REPORTS, History, Moves
from tests.gateway.projections.projecting import EVERYTHING, Known, Projecting, trainee
from tests.support.auditing import audit_of
from tests.support.people import OPERATOR
from tests.support.running import eventually

WALK: Moves = [(0, "accept", 1), (1, "accept", 1), (0, "assign", 1), (2, "DUPLICATE", 1)]
TALLIES = (
    "select area_code, metric, day, dimension, service, n from tally where n <> 0 order by 1, 2, 3"
)
PLANTED_CARD = (
    "update card set data = jsonb_set(data, '{status}', '\"CLOSED\"') where id = $1 returning 1"
)
PLANTED_TALLY = (
    "update tally set n = n + 1 where metric = 'reports_filed' and area_code = '330703' returning 1"
)
KILL = """
    select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
    where datname = current_database() and locktype = 'advisory'"""
STRAY = "insert into card select noun, $1, area_code, epoch, version, data from card limit 1"
WAITING = (
    "select 1 from pg_locks l join pg_database d on d.oid = l.database "
    "where datname = current_database() and locktype = 'advisory' and not granted"
)
FOREIGN = "insert into tally values ('330703', 'cases_settled', '2026-03-02', '', 'disputes', 5)"


def services(history: History) -> Any:
    return Known(history.snapshots)


async def retry(gateway: Projecting, known: Any, topic: str, key: bytes) -> None:
    """As an operator asks for it."""
    audit = audit_of(gateway.database)
    letter = {"id": uuid4(), "topic": topic, "key": key}
    await deadletters._retry(gateway.database, known, audit, [letter], OPERATOR)


@pytest.fixture
async def history(gateway: Projecting) -> History:
    """Folded from its events."""
    made = History(WALK)
    await gateway.runner().settle(gateway.records(made.facts))
    return made


async def test_a_rebuild_gives_identical_tallies(gateway: Projecting, history: History) -> None:
    before = await gateway.fetch(TALLIES)
    assert len(before) > 0
    await rebuild(gateway.database, services(history), "grid")
    assert await gateway.fetch(TALLIES) == before
    assert await gateway.wrong(history) == []


async def test_what_was_read_before_a_rebuild_changes_nothing_after_it(
    gateway: Projecting, history: History
) -> None:
    await rebuild(gateway.database, services(history), "grid")
    before = await gateway.fetch(TALLIES)
    await gateway.runner().settle(gateway.records(history.facts))
    assert await gateway.fetch(TALLIES) == before


@pytest.mark.parametrize(
    ("plant", "arguments", "kind"),
    [
        (PLANTED_CARD, [UUID(int=1)], "card"),
        (PLANTED_TALLY, [], "tally"),
        ("delete from card where id = $1", [UUID(int=2)], "card"),
        (STRAY, [UUID(int=9)], "card"),
    ],
)
async def test_verify_finds_what_was_planted_and_a_rebuild_mends_it(
    gateway: Projecting, history: History, plant: str, arguments: list[Any], kind: str
) -> None:
    await gateway.fetch(plant, *arguments)
    assert kind in {difference.kind for difference in await gateway.wrong(history)}
    await rebuild(gateway.database, services(history), "grid")
    assert await gateway.wrong(history) == []


async def test_a_card_on_its_way_is_no_difference(gateway: Projecting, history: History) -> None:
    ahead = History([*WALK, (0, "start", 1)])
    known: Any = Known(ahead.snapshots)
    looking = asyncio.create_task(verify(gateway.database, known, "grid", looks=20))
    await gateway.runner().settle(gateway.records(ahead.facts[-1:]))
    assert await looking == []


async def test_a_card_on_its_way_out_is_no_difference(
    gateway: Projecting, history: History
) -> None:
    """As when a rebuild drops it between two looks."""

    class Dropping(Known):
        async def one(self, projection: Projection, id: UUID) -> Fact | None:
            await gateway.fetch("delete from card where id = $1 returning 1", id)
            return await super().one(projection, id)

    await gateway.fetch(f"{STRAY} returning 1", UUID(int=9))
    known: Any = Dropping(history.snapshots)
    assert await verify(gateway.database, known, "grid", looks=3) == []
    assert known.asked == [UUID(int=9)] * 2


async def test_other_services_figures_are_left_alone(gateway: Projecting, history: History) -> None:
    await gateway.fetch(FOREIGN)
    await rebuild(gateway.database, services(history), "grid")
    assert await gateway.fetch("select n from tally where service = 'disputes'") == [(5,)]


async def test_a_service_that_goes_away_half_way_leaves_all_as_it_was(
    gateway: Projecting, history: History
) -> None:
    before = await gateway.fetch(TALLIES)
    known: Any = Known(history.snapshots, away=True)
    with pytest.raises(Unavailable):
        await rebuild(gateway.database, known, "grid")
    assert await gateway.fetch(TALLIES) == before
    assert await gateway.versions() == {1: 3, 2: 2, 3: 2}


async def test_folding_goes_on_during_a_rebuild_and_nothing_of_it_is_lost(
    gateway: Projecting, history: History
) -> None:
    await gateway.fetch(PLANTED_CARD.replace("status", "number"), UUID(int=2))
    ahead = History([*WALK, (0, "start", 1), (1, "assign", 1)])
    known = Paused(history.snapshots)
    rebuilding = asyncio.create_task(rebuild(gateway.database, known, "grid"))  # type: ignore[arg-type]
    await known.reached.wait()
    await gateway.runner().settle(gateway.records(ahead.facts[-2:]))
    assert len(await gateway.wrong(ahead)) > 0
    known.go_on.set()
    await rebuilding
    assert await gateway.wrong(ahead) == []
    assert await gateway.letters() == []


async def test_folding_waits_for_the_switch_and_goes_on_with_its_cards(
    gateway: Projecting, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = History([*WALK, (0, "start", 1)])
    keep_newer, folding = Refill.keep_newer, list[asyncio.Task[None]]()

    async def meanwhile(refill: Refill) -> None:
        settling = gateway.runner().settle(gateway.records(ahead.facts[-1:]))
        folding.append(asyncio.create_task(settling))
        await eventually(lambda: gateway.fetch(WAITING))
        await keep_newer(refill)

    monkeypatch.setattr(Refill, "keep_newer", meanwhile)
    await rebuild(gateway.database, services(history), "grid")
    await asyncio.gather(*folding)
    assert await gateway.wrong(ahead) == []


async def test_what_was_asked_of_a_service_meanwhile_is_not_taken_back(
    gateway: Projecting, history: History
) -> None:
    ahead = History([*WALK, (0, "start", 1)])
    known = Paused(history.snapshots)
    rebuilding = asyncio.create_task(rebuild(gateway.database, known, "grid"))  # type: ignore[arg-type]
    await known.reached.wait()
    await retry(gateway, services(ahead), REPORTS.topic, str(UUID(int=1)).encode())
    known.go_on.set()
    await rebuilding
    assert await gateway.wrong(ahead) == []


async def test_a_rebuild_that_ends_half_way_leaves_all_as_it_was(
    gateway: Projecting, history: History
) -> None:
    before = await gateway.fetch(EVERYTHING)
    for ending in ("cancelled", "killed"):
        known = Paused(History([*WALK, (0, "start", 1)]).snapshots)
        rebuilding = asyncio.create_task(rebuild(gateway.database, known, "grid"))  # type: ignore[arg-type]
        await known.reached.wait()
        assert await gateway.fetch("select count(*) from rebuilding_grid.card") == [(3,)]
        if ending == "cancelled":
            rebuilding.cancel()
        else:
            assert await gateway.fetch(KILL) == [(True,)]
            known.go_on.set()
        with pytest.raises((asyncio.CancelledError, Unavailable)):
            await rebuilding
        assert await gateway.fetch(EVERYTHING) == before
    assert await gateway.fetch("select count(*) from rebuilding_grid.card") == [(3,)]
    await rebuild(gateway.database, services(history), "grid")
    assert await gateway.fetch(EVERYTHING) == before
    assert await gateway.fetch("select to_regclass('rebuilding_grid.card')") == [(None,)]


async def test_two_do_not_rebuild_the_same_at_once(gateway: Projecting, history: History) -> None:
    known = Paused(history.snapshots)
    rebuilding = asyncio.create_task(rebuild(gateway.database, known, "grid"))  # type: ignore[arg-type]
    await known.reached.wait()
    with pytest.raises(StillAtIt):
        await rebuild(gateway.database, services(history), "grid")
    await rebuild(gateway.database, services(history), "training")
    known.go_on.set()
    await rebuilding


async def test_a_rebuild_of_what_was_restored_meanwhile_is_dropped(
    gateway: Projecting, history: History
) -> None:
    before = await gateway.fetch(EVERYTHING)
    for change in (
        "update watermark set epoch = 2 where service = 'grid' returning 1",
        "update consumer_offset set next_offset = next_offset - 1 where next_offset > 0 returning 1",
        "update consumer_offset set log_identity = 'another' returning 1",
    ):
        known = Paused(history.snapshots)
        rebuilding = asyncio.create_task(rebuild(gateway.database, known, "grid"))  # type: ignore[arg-type]
        await known.reached.wait()
        await gateway.fetch(change)
        known.go_on.set()
        with pytest.raises(ChangedMeanwhile):
            await rebuilding
        await gateway.fetch("update watermark set epoch = 1 returning 1")
    assert await gateway.fetch(EVERYTHING) == before


async def test_what_cannot_be_read_waits_too_lest_its_letter_be_settled_unseen(
    gateway: Projecting, history: History
) -> None:
    async with gateway.database.transaction() as connection:
        await store.fold_alone(await driver(connection), "grid")
        unreadable = gateway.record(history.facts[0], value=b"{}")
        settling = asyncio.create_task(gateway.runner().settle([unreadable]))
        await eventually(lambda: gateway.fetch(WAITING))
    await settling
    assert len(await gateway.letters()) == 1


async def test_while_one_service_is_rebuilt_the_others_are_folded(
    gateway: Projecting, history: History
) -> None:
    known = Paused(history.snapshots)
    rebuilding = asyncio.create_task(rebuild(gateway.database, known, "grid"))  # type: ignore[arg-type]
    await known.reached.wait()
    async with asyncio.timeout(10):
        await gateway.runner().settle([gateway.record(trainee(9))])
    assert (await gateway.versions())[9] == 1
    known.go_on.set()
    await rebuilding
    assert (await gateway.versions())[9] == 1


async def test_a_rebuild_settles_the_dead_letters_of_its_service(
    gateway: Projecting, history: History
) -> None:
    spoilt = [history.facts[0], trainee(9)]
    await gateway.runner().settle([gateway.record(fact, value=b"{}") for fact in spoilt])
    assert len(await gateway.letters()) == 2
    assert await rebuild(gateway.database, services(history), "grid") == []
    how = "select settled_how, settled_by from dead_letter order by settled_at"
    assert await gateway.fetch(how) == [("rebuilt", "svc:gateway"), (None, None)]
    more = History([*WALK, (0, "start", 1)])
    await gateway.runner().settle(gateway.records(more.facts[-1:]))
    assert await gateway.wrong(more) == []


async def test_a_snapshot_that_cannot_be_counted_is_left_out_and_told(
    gateway: Projecting, history: History
) -> None:
    endless = datetime(9999, 12, 31, 23, tzinfo=UTC)
    last = history.last[("report", UUID(int=3))]
    event = last.event.model_copy(update={"reported_at": endless, "cancel_reason": None})
    known: Any = Known([*history.snapshots, last._replace(event=event)])
    await gateway.runner().settle([gateway.record(history.facts[2], value=b"{}")])
    [left_out] = await rebuild(gateway.database, known, "grid")
    assert left_out[:2] == ("snapshot", f"report {UUID(int=3)}")
    assert left_out.truth.startswith("OverflowError")
    assert await gateway.versions() == {1: 3, 2: 2}
    [(key, _)] = await gateway.letters()
    assert key == str(UUID(int=3)).encode()
    with pytest.raises(RetryRefused, match="OverflowError"):
        await retry(gateway, known, last.projection.topic, key)


async def test_what_does_not_add_up_is_not_switched_to(
    gateway: Projecting, history: History
) -> None:
    before = await gateway.fetch(EVERYTHING)
    known = Paused(history.snapshots)
    rebuilding = asyncio.create_task(rebuild(gateway.database, known, "grid"))  # type: ignore[arg-type]
    await known.reached.wait()
    await gateway.fetch(PLANTED_TALLY.replace("tally", "rebuilding_grid.tally", 1))
    known.go_on.set()
    with pytest.raises(ParityMissed):
        await rebuilding
    assert await gateway.fetch(EVERYTHING) == before
    assert await gateway.wrong(history) == []


async def test_what_was_wrong_is_told(gateway: Projecting, history: History) -> None:
    await gateway.fetch(PLANTED_CARD, UUID(int=1))
    [told] = await rebuild(gateway.database, services(history), "grid", by="somebody")
    assert told[:2] == ("card", f"report {UUID(int=1)}")
    assert ("CLOSED" in told.known, "CLOSED" in told.truth) == (True, False)


async def test_a_rebuild_tells_the_dashboards(gateway: Projecting, history: History) -> None:
    [(before,)] = await gateway.fetch("select sum(version) from folded")
    await rebuild(gateway.database, services(History([])), "grid")
    assert await gateway.fetch("select sum(version) from folded") == [(before + 1,)]


class Paused(Known):
    """Stands still after its first page that tells something, until told to go on."""

    def __init__(self, facts: Any) -> None:
        super().__init__(facts)
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def all(self, projection: Projection) -> AsyncIterator[list[Fact]]:
        async for page in super().all(projection):
            yield page
            if page:
                self.reached.set()
                await self.go_on.wait()
