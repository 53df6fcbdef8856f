"""The checks of requests: each passes a good history, and fails each kind of bad one."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.checks import requests
from tests.chaos.checks.facts import Answer, Change, Row
from tests.chaos.history import Receipt, Reply, Try, Wish

TOPIC = "jinding.grid.report.v1"


class History:
    """A report that was created and accepted; somebody else was too late, and somebody never heard."""

    def __init__(self) -> None:
        self.tries = [
            asked("create", "r", None, done("r", 1, "REPORTED")),
            asked("create", "r", None, done("r", 1, "REPORTED")),
            asked("accept", "r", 1, Reply("unknown")),
            asked("accept", "r", 1, done("r", 2, "ACCEPTED")),
            asked("return", "r", 1, Reply("refused", code="precondition_failed")),
            asked("create", "s", None, Reply("unknown")),
        ]
        self.answers = [kept("create", "r", 1), kept("accept", "r", 2), kept("create", "s", 1)]
        self.changes = [change("r", 1), change("r", 2), change("s", 1)]
        self.rows = [row("r", 2, "ACCEPTED"), row("s", 1, "REPORTED")]

    def verdicts(self) -> dict[str, bool]:
        return {
            verdict.name: verdict.holds
            for verdict in (
                requests.acknowledged(self.tries, self.answers, self.changes),
                requests.as_told(self.tries, self.rows),
                requests.explained(self.tries, self.answers, self.changes),
                requests.created(self.answers, self.rows, self.changes),
                requests.agreeing(self.tries),
                requests.raced(self.tries),
                requests.latest(self.rows, self.changes),
            )
        }


def asked(operation: str, id_: str, if_match: int | None, reply: Reply, key: str = "") -> Try:
    return Try(Wish("grid", "me", operation, key or f"{operation}/{id_}", id_, if_match), reply)


def done(id_: str, version: int, status: str, number: str = "") -> Reply:
    return Reply("done", Receipt(id_, number or f"N{id_}", version, status))


def kept(operation: str, id_: str, version: int, **other: Any) -> Answer:
    status = "ACCEPTED" if version == 2 else "REPORTED"
    key = f"{operation}/{id_}"
    answer = Answer("grid", "report", "me", operation, key, id_, f"N{id_}", version, status)
    return answer._replace(**other)


def change(id_: str, version: int, **other: Any) -> Change:
    return Change(TOPIC, 0, id_, version, "type", b"", True, False)._replace(**other)


def row(id_: str, version: int, status: str, **other: Any) -> Row:
    return Row("grid", "report", id_, version, status, f"N{id_}")._replace(**other)


def test_a_good_history_passes() -> None:
    assert set(History().verdicts().values()) == {True}


def lost_answer(h: History) -> None:
    h.answers.remove(kept("accept", "r", 2))


def lost_event(h: History) -> None:
    h.changes.remove(change("r", 2))


def doubled_event(h: History) -> None:
    h.changes.append(change("r", 2))


def another_receipt(h: History) -> None:
    h.answers[1] = kept("accept", "r", 2, number="N0")


def event_without_cause(h: History) -> None:
    h.changes.append(change("s", 2))
    h.rows[1] = row("s", 2, "REPORTED")


def two_answers_to_one_event(h: History) -> None:
    h.answers.append(kept("create", "r", 1, key="another"))
    h.tries.append(asked("create", "r", None, Reply("unknown"), key="another"))


def refused_but_done(h: History) -> None:
    h.answers.append(kept("return", "r", 3))
    h.changes.append(change("r", 3))
    h.rows[0] = row("r", 3, "RETURNED")


def deadline_with_an_answer(h: History) -> None:
    h.changes[2] = change("s", 1, clock="accept")


def answer_without_its_row(h: History) -> None:
    """As one that nobody was told, since its twin's key was lost."""
    h.answers.append(kept("create", "t", 1))
    h.tries.append(asked("create", "t", None, Reply("unknown")))


def told_without_its_row(h: History) -> None:
    h.answers.append(kept("create", "t", 1))
    h.tries.append(asked("create", "t", None, done("t", 1, "REPORTED")))


def row_of_another_noun(h: History) -> None:
    h.rows[1] = row("s", 1, "REPORTED", noun="area")


def event_of_another_service(h: History) -> None:
    h.changes[2] = change("s", 1, topic="jinding.disputes.case.v1")


def row_gone(h: History) -> None:
    del h.rows[1]


def id_taken_twice(h: History) -> None:
    """Two keys, one id."""
    h.tries.append(asked("create", "r", None, done("r", 1, "REPORTED"), key="another"))
    h.answers.append(kept("create", "r", 1, key="another"))


def answered_by_another_body(h: History) -> None:
    """A key that is taken, for something else."""
    h.tries.append(asked("create", "t", None, done("r", 1, "REPORTED"), key="create/r"))


def written_with_another_body(h: History) -> None:
    h.tries.append(asked("create", "t", None, done("t", 1, "REPORTED"), key="create/r"))
    h.changes.append(change("t", 1))
    h.rows.append(row("t", 1, "REPORTED"))


def two_receipts_of_one_key(h: History) -> None:
    h.tries.append(asked("accept", "r", 1, done("r", 3, "ACCEPTED")))


def two_winners(h: History) -> None:
    h.tries[4] = asked("return", "r", 1, done("r", 2, "RETURNED"))


def done_on_a_version_not_named(h: History) -> None:
    h.tries = [
        t._replace(wish=t.wish._replace(if_match=5)) if t.wish.if_match else t for t in h.tries
    ]


def row_behind_its_event(h: History) -> None:
    h.rows[1] = row("s", 0, "REPORTED")


def event_without_row(h: History) -> None:
    h.changes.append(change("t", 1))


def row_behind_its_receipt(h: History) -> None:
    h.rows[0] = row("r", 1, "REPORTED")


def row_of_another_status(h: History) -> None:
    h.rows[0] = row("r", 2, "RETURNED")


def number_given_twice(h: History) -> None:
    h.rows[1] = row("s", 1, "REPORTED", number="Nr")


@pytest.mark.parametrize(
    ("spoil", "caught_by"),
    [
        (lost_answer, {"acknowledged", "explained"}),
        (lost_event, {"acknowledged", "explained", "latest"}),
        (doubled_event, {"acknowledged", "explained"}),
        (another_receipt, {"acknowledged"}),
        (event_without_cause, {"explained"}),
        (two_answers_to_one_event, {"explained"}),
        (refused_but_done, {"explained"}),
        (deadline_with_an_answer, {"explained"}),
        (answer_without_its_row, {"created", "explained"}),
        (told_without_its_row, {"acknowledged", "as_told", "created", "explained"}),
        (row_of_another_noun, {"created"}),
        (event_of_another_service, {"created"}),
        (row_gone, {"created", "latest"}),
        (id_taken_twice, {"explained"}),
        (answered_by_another_body, {"acknowledged"}),
        (written_with_another_body, {"acknowledged", "agreeing", "explained"}),
        (two_receipts_of_one_key, {"acknowledged", "agreeing", "as_told", "raced"}),
        (two_winners, {"acknowledged", "as_told", "raced"}),
        (done_on_a_version_not_named, {"raced"}),
        (row_behind_its_event, {"latest"}),
        (event_without_row, {"latest", "explained"}),
        (row_behind_its_receipt, {"as_told", "latest"}),
        (row_of_another_status, {"as_told"}),
        (number_given_twice, {"as_told"}),
    ],
)
def test_a_bad_history_is_caught(spoil: Callable[[History], None], caught_by: set[str]) -> None:
    history = History()
    spoil(history)
    assert {name for name, holds in history.verdicts().items() if not holds} == caught_by


def test_the_parts_of_a_request_are_asked_for_by_it() -> None:
    h = History()
    h.tries.append(asked("issue_task_order", "o", None, done("o", 1, "ISSUED"), "k/0"))
    part = kept("give_task", "p", 1, key="k/0/1")
    h.answers += [kept("issue_task_order", "o", 1, key="k/0"), part]
    h.changes += [change("o", 1), change("p", 1)]
    assert requests.explained(h.tries, h.answers, h.changes).holds
    h.answers[-1] = part._replace(key="other/0/1")
    assert not requests.explained(h.tries, h.answers, h.changes).holds


def test_a_week_is_opened_once_and_counted_whenever_a_night_is_over() -> None:
    h, week = History(), {"topic": "jinding.grid.duty_week.v1"}
    h.answers.append(kept("open_duty_week", "w", 1, subject="svc:grid"))
    h.changes += [change("w", 1, **week), change("w", 2, **week)]
    assert requests.explained(h.tries, h.answers, h.changes).holds
    h.changes[-1] = change("w", 1, **week)
    assert not requests.explained(h.tries, h.answers, h.changes).holds


def test_a_check_that_has_seen_nothing_fails() -> None:
    history = History()
    history.tries, history.answers, history.changes, history.rows = [], [], [], []
    assert set(history.verdicts().values()) == {False}
