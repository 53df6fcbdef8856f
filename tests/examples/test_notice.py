"""The example takes our notices and no others."""

import runpy
from datetime import UTC, datetime, timedelta

from services.gateway.agencies.notices import Notice, new_secret, shown, signed
from tests.architecture.sources import ROOT

is_genuine = runpy.run_path(str(ROOT / "examples/partner/notice.py"))["is_genuine"]
NOW = datetime.now(UTC)
NOTICE = Notice("msg_1", NOW, "cursor")


def test_a_notice_of_ours_is_genuine_by_the_new_secret_and_by_the_old_one() -> None:
    new, old, other = new_secret(), new_secret(), new_secret()
    headers = signed(NOTICE, [new, old], datetime.now(UTC))
    told = [is_genuine(shown(key), headers, NOTICE.body) for key in (new, old, other)]
    assert told == [True, True, False]


def test_what_was_changed_or_is_old_is_not() -> None:
    key = new_secret()
    headers = signed(NOTICE, [key], datetime.now(UTC))
    assert not is_genuine(shown(key), headers, NOTICE.body + b" ")
    for name, wrong in {
        "webhook-id": "msg_2",
        "webhook-timestamp": "soon",
        "webhook-signature": "v1,",
    }.items():
        assert not is_genuine(shown(key), headers | {name: wrong}, NOTICE.body)
    old = signed(NOTICE, [key], NOW - timedelta(minutes=6))
    assert not is_genuine(shown(key), old, NOTICE.body)
