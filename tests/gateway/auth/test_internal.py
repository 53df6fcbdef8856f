"""What a service answers to internal tokens that nobody of ours would send."""

import base64
from pathlib import Path

import pytest

from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import MAX_SUBJECT, Signer, Verifier
from services.chassis.identity.refusals import TokenInvalid
from tests.support.running import Keys


def test_a_header_nested_without_end_is_refused(tmp_path: Path) -> None:
    header = base64.urlsafe_b64encode(b"[" * 3000).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        Verifier(Keys.at(tmp_path).public).verify(f"{header}.e30.AAAA")


def test_no_subject_is_longer_than_what_is_stored_of_it(tmp_path: Path) -> None:
    keys = Keys.at(tmp_path)
    longest = Caller("王" * MAX_SUBJECT)
    token = Signer(keys.private).sign(longest)
    assert Verifier(keys.public).verify(token) == longest
    with pytest.raises(ValueError, match="at most 255"):
        Signer(keys.private).sign(Caller("王" * MAX_SUBJECT + "五"))
