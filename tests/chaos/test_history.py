from pathlib import Path

from tests.chaos.history import Journal, Receipt, Reply, lines, tries

RECEIPT = {"id": "r", "number": "N1", "version": 2, "status": "ACCEPTED"}


def test_what_was_answered_is_read_back_with_what_was_asked(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "file")
    wishes = [("accept", "k1", "r", 1), ("accept", "k2", "s", None)]
    journal.write("sent", n=1, service="grid", subject="me", wishes=wishes)
    journal.write("sent", n=2, service="grid", subject="me", wishes=wishes[:1])
    replies = [Reply.of(200, {"outcome": "applied", "receipt": RECEIPT}), Reply.of(503, {})]
    journal.write("answered", n=1, replies=[reply[:3] for reply in replies])
    journal.close()
    found = tries(lines(tmp_path / "file"))
    assert [(t.wish.key, t.reply.outcome) for t in found] == [
        ("k1", "done"),
        ("k2", "unknown"),
        ("k1", "unknown"),  # sent, and never heard of
    ]
    assert found[0].reply.receipt == Receipt("r", "N1", 2, "ACCEPTED")
    assert found[0].reply.at > 0


def test_what_follows_from_an_answer() -> None:
    assert Reply.of(201, RECEIPT).outcome == "done"
    assert Reply.of(200, {"outcome": "duplicate", "receipt": RECEIPT}).outcome == "done"
    assert Reply.of(200, {"outcome": "rejected", "code": "not_found"}).outcome == "refused"
    assert Reply.of(412, {"code": "precondition_failed"}).outcome == "refused"
    for status, code in ((200, "busy"), (409, "still_running"), (503, "x"), (502, "x")):
        assert Reply.of(status, {"code": code}).outcome == "unknown"
