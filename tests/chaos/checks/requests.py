"""What was answered, held against what the services keep."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tests.chaos.checks.facts import Answer, Change, Row
from tests.chaos.checks.verdict import Verdict, verdict
from tests.chaos.history import Receipt, Try

JOB = "svc:"
TABLES = frozenset({"area", "organisation"})
"""Imported as whole tables: no key, and no history of ours, names their changes."""
NIGHTLY = "duty_week"
"""Opened for a job, then counted again every night: no key names that."""
PARTS = {"give_task": "issue_task_order"}
"""What a form's request does besides: its key is that one's, and the number of the part."""
Identity = tuple[str, str, str, str]


def acknowledged(
    tries: Sequence[Try], answers: Sequence[Answer], changes: Sequence[Change]
) -> Verdict:
    """Each acknowledged change is there: its answer as it was told, its event once."""
    kept = {answer.identity: _receipt(answer) for answer in answers}
    recorded = Counter((change.id, change.version) for change in changes)
    done = {(t.wish, t.reply.receipt) for t in tries if t.reply.receipt}
    wrong = []
    for wish, told in done:
        if told.id != wish.id or kept.get(wish.identity) != told:
            wrong.append(f"{wish.identity} {told}: kept {kept.get(wish.identity)}")
        if recorded[told.id, told.version] != 1:
            wrong.append(f"{wish.identity} {told}: {recorded[told.id, told.version]} events")
    return verdict(
        "acknowledged",
        "已应答的变更恰有一次",
        "every acknowledged change is there once",
        len(done),
        wrong,
    )


def explained(
    tries: Sequence[Try], answers: Sequence[Answer], changes: Sequence[Change]
) -> Verdict:
    """Each event has one cause: one kept answer, to somebody who asked and was not refused, to a job, or a
    deadline. So what was not answered took effect once at most, and what was refused never."""
    asked = {t.wish.identity for t in tries if t.reply.outcome != "refused"}
    causes = Counter((answer.id, answer.version) for answer in answers)
    wrong = [
        f"{answer.identity}: nobody asked, or all were refused"
        for answer in answers
        if asked.isdisjoint((answer.identity, _whole(answer)))
        and not answer.subject.startswith(JOB)
    ]
    looked = 0
    for change in changes:
        noun = change.topic.split(".")[2]
        if noun in TABLES:
            continue
        looked += 1
        expected = 0 if change.clock or (noun == NIGHTLY and change.version > 1) else 1
        if causes.pop((change.id, change.version), 0) != expected:
            wrong.append(
                f"{change.topic} {change.id} version {change.version}: not {expected} answers"
            )
    wrong += [f"{id_} version {version}: answered, but no event" for id_, version in causes]
    return verdict(
        "explained",
        "未应答的请求至多生效一次，被拒绝的从未生效",
        "what was not answered took effect at most once, what was refused never",
        looked,
        wrong,
    )


def created(answers: Iterable[Answer], rows: Iterable[Row], changes: Iterable[Change]) -> Verdict:
    """Each kept answer of a creation, also one that nobody was told, has its row and its first event."""
    held = {(row.service, row.noun, row.id) for row in rows}
    first = Counter((_service(change), change.id) for change in changes if change.version == 1)
    wrong, looked = [], 0
    for answer in answers:
        if answer.version != 1:
            continue
        looked += 1
        written = (answer.service, answer.noun, answer.id) in held
        events = first[answer.service, answer.id]
        if not written or events != 1:
            wrong.append(f"{answer.identity} {answer.id}: {events} first events, row: {written}")
    return verdict(
        "created",
        "留存的新建应答各有其记录与首个事件",
        "every kept answer of a creation has its row and its first event",
        looked,
        wrong,
    )


def agreeing(tries: Sequence[Try]) -> Verdict:
    """Whoever asked under one key got one answer, however often, at once or later."""
    told: dict[Identity, set[Receipt]] = defaultdict(set)
    asked = Counter(t.wish.identity for t in tries)
    for t in tries:
        if t.reply.receipt:
            told[t.wish.identity].add(t.reply.receipt)
    wrong = [f"{identity}: {receipts}" for identity, receipts in told.items() if len(receipts) > 1]
    repeated = sum(1 for identity in told if asked[identity] > 1)
    return verdict("agreeing", "同一幂等键的应答一致", "requests of one key agree", repeated, wrong)


def raced(tries: Sequence[Try]) -> Verdict:
    """A conditional step took effect on a version that it named; of all who named one, one at most did."""
    named: dict[Identity, set[int | None]] = defaultdict(set)
    rivals: dict[tuple[str, int], set[Identity]] = defaultdict(set)
    winners: dict[tuple[str, int], set[Identity]] = defaultdict(set)
    receipts = {t.wish.identity: t.reply.receipt for t in tries if t.reply.receipt}
    for wish, _ in tries:
        named[wish.identity].add(wish.if_match)
        if wish.if_match is not None:
            rivals[wish.id, wish.if_match].add(wish.identity)
    wrong = []
    for identity, receipt in receipts.items():
        winners[receipt.id, receipt.version - 1].add(identity)
        if not named[identity] & {None, receipt.version - 1}:
            wrong.append(f"{identity} named {named[identity]}, and made {receipt}")
    contested = [place for place, who in rivals.items() if len(who) > 1]
    wrong += [f"{place}: {winners[place]}" for place in contested if len(winners[place]) > 1]
    return verdict(
        "raced",
        "争抢同一版本至多一个成功",
        "of racing writers one at most won",
        len(contested),
        wrong,
    )


def latest(rows: Iterable[Row], changes: Iterable[Change]) -> Verdict:
    """Each aggregate stands at its last event's version, and nothing has an event but no row."""
    last: Counter[str] = Counter()
    for change in changes:
        last[change.id] = max(last[change.id], change.version)
    wrong, looked = [], 0
    for row in rows:
        looked += 1
        if last.pop(row.id, 0) != row.version:
            wrong.append(
                f"{row.service} {row.noun} {row.id} is at {row.version}, its events are not"
            )
    wrong += [f"{id_}: events up to {version}, and no row" for id_, version in last.items()]
    return verdict(
        "latest", "记录版本即最后一个事件", "rows stand at their last event", looked, wrong
    )


def as_told(tries: Iterable[Try], rows: Sequence[Row]) -> Verdict:
    """Number, version and status of each row are what its last receipt said; no number is given twice."""
    held: Mapping[str, Row] = {row.id: row for row in rows}
    numbers = Counter((row.service, row.number) for row in rows if row.number)
    wrong = [f"number {number} is given {n} times" for number, n in numbers.items() if n > 1]
    told = {t.reply.receipt for t in tries if t.reply.receipt}
    wrong += [f"{r}: the row is {held.get(r.id)}" for r in told if not _fits(r, held.get(r.id))]
    return verdict(
        "as_told",
        "编号、版本、状态与回执一致，编号唯一",
        "rows are as the receipts say, numbers unique",
        len(told),
        wrong,
    )


def _fits(receipt: Receipt, row: Row | None) -> bool:
    if row is None or row.number != receipt.number or row.version < receipt.version:
        return False
    return row.version > receipt.version or row.status in (None, receipt.status)


def _whole(answer: Answer) -> Identity:
    """The request that the answer is a part of, or itself."""
    operation = PARTS.get(answer.operation)
    if operation is None:
        return answer.identity
    return answer.service, answer.subject, operation, answer.key.rpartition("/")[0]


def _service(change: Change) -> str:
    return change.topic.split(".")[1]


def _receipt(answer: Answer) -> Receipt:
    return Receipt(answer.id, answer.number, answer.version, answer.status)
