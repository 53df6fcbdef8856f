"""A notice says that there is news, and who says so."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.gateway.agencies.notices import PAUSES, Notice, new_secret, pause, shown, signed

NOW = datetime.now(UTC)
NOTICE = Notice("msg_1", NOW, "eJyLVspOrVSyUkpLLE5VqgUAJ4QE3Q")
DAY = timedelta(days=1)


def test_another_implementation_finds_the_signature_good() -> None:
    secret = new_secret()
    headers = signed(NOTICE, [secret], datetime.now(UTC))
    told = Webhook(shown(secret)).verify(NOTICE.body, headers)
    assert told["data"] == {"until": NOTICE.until}


@pytest.mark.parametrize("changed", ["body", "webhook-id", "webhook-timestamp"])
def test_what_was_changed_on_its_way_is_found_out(changed: str) -> None:
    secret = new_secret()
    headers = signed(NOTICE, [secret], datetime.now(UTC))
    body = NOTICE.body
    if changed == "body":
        body = body.replace(b"eJy", b"eJz")
    else:
        headers[changed] = headers[changed][:-1] + ("2" if headers[changed][-1] != "2" else "3")
    with pytest.raises(WebhookVerificationError):
        Webhook(shown(secret)).verify(body, headers)


def test_in_a_rotation_either_secret_will_do_and_a_third_will_not() -> None:
    new, old, other = new_secret(), new_secret(), new_secret()
    headers = signed(NOTICE, [new, old], datetime.now(UTC))
    for secret in (new, old):
        Webhook(shown(secret)).verify(NOTICE.body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(shown(other)).verify(NOTICE.body, headers)


def test_a_notice_has_no_content() -> None:
    told = json.loads(NOTICE.body)
    assert told == {
        "type": "jinding.events.news.v1",
        "timestamp": NOW.isoformat(),
        "data": {"until": NOTICE.until},
    }


def test_pauses_grow_and_end_within_a_day() -> None:
    for chance in (0.0, 0.5, 1.0):
        pauses = [pause(n, chance) for n in range(1, len(PAUSES) + 1)]
        known = [p for p in pauses if p]
        assert len(known) == len(PAUSES)
        assert all(a <= b for a, b in pairwise(known))
        assert DAY * 3 / 4 < sum(known, timedelta()) < DAY
        assert pause(len(PAUSES) + 1, chance) is None
    assert pause(3, 0.0) != pause(3, 1.0)
