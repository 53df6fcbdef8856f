import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from services.chassis.identity.caller import Caller, job
from services.chassis.identity.internal_token import LIFETIME_SECONDS, Signer, Verifier
from services.chassis.identity.keys import (
    KeyFileUnusable,
    load_or_create_private_key,
    load_private_key,
    new_key,
    publish,
)
from services.chassis.identity.refusals import TokenExpired, TokenInvalid

NOW = 1_800_000_000
CALLER = Caller(
    subject="a1",
    roles=frozenset({"mediator", "grid_leader"}),
    areas=("330703002", "330703101"),
    organisation="org-7",
    request_id="req-1",
    name="调解员",
)
CLAIMS: dict[str, Any] = {
    "iss": "jinding-gateway",
    "aud": "jinding",
    "iat": NOW,
    "exp": NOW + 60,
    "sub": "a1",
    "roles": [],
    "areas": [],
}


class Keys:
    """A gateway's private key and the public set beside it."""

    def __init__(self, folder: Path) -> None:
        self.private, self.public = folder / "internal.jwk", folder / "internal.jwks"
        self.key = load_or_create_private_key(self.private)
        publish(self.public, [self.key])

    def signed(self, changes: Mapping[str, Any], **header: object) -> str:
        fields = {"alg": "ES256", "typ": "txntoken+jwt", "kid": self.key.kid, **header}
        claims = {k: v for k, v in {**CLAIMS, **changes}.items() if v is not None}
        return jwt.encode(fields, claims, self.key)

    def verifier(self, now: float = NOW) -> Verifier:
        return Verifier(self.public, clock=lambda: now)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.mark.parametrize("caller", [CALLER, Caller("b2"), job("gateway")], ids=lambda c: c.subject)
def test_a_caller_arrives_as_it_was_signed(keys: Keys, caller: Caller) -> None:
    token = Signer(keys.private).sign(caller, now=NOW)
    assert keys.verifier().verify(token) == caller


def test_a_token_dies_after_its_minute(keys: Keys) -> None:
    token = Signer(keys.private).sign(CALLER, now=NOW)
    assert keys.verifier(NOW + LIFETIME_SECONDS - 1).verify(token) == CALLER
    with pytest.raises(TokenExpired):
        keys.verifier(NOW + LIFETIME_SECONDS).verify(token)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://idp.example"}, "'iss'"),
        ({"iss": None}, "'iss'"),
        ({"aud": "elsewhere"}, "'aud'"),
        ({"aud": ["jinding", "elsewhere"]}, "'aud'"),
        ({"sub": ""}, "'sub'"),
        ({"sub": None}, "'sub'"),
        ({"exp": None}, "'exp'"),
        ({"iat": str(NOW)}, "'iat'"),
        ({"roles": "operator"}, "'roles'"),
        ({"areas": [330703]}, "'areas.0'"),
        ({"iat": NOW + 10, "exp": NOW + 70}, "not valid yet"),
        ({"exp": NOW + 61}, "lives too long"),
    ],
)
def test_a_claim_that_is_not_ours_is_refused(
    keys: Keys, changes: Mapping[str, Any], reason: str
) -> None:
    assert keys.verifier().verify(keys.signed({})) == Caller("a1")
    with pytest.raises(TokenInvalid, match=reason):
        keys.verifier().verify(keys.signed(changes))


def test_a_token_of_the_outside_is_refused_even_if_signed_with_our_key(keys: Keys) -> None:
    for typ in ("at+jwt", "JWT", ""):
        with pytest.raises(TokenInvalid, match="type"):
            keys.verifier().verify(keys.signed({}, typ=typ))


def test_no_part_of_a_token_can_be_changed(keys: Keys) -> None:
    header, payload, signature = keys.signed({}).split(".")
    _, other, _ = keys.signed({"sub": "b2"}).split(".")
    for forged in (f"{header}.{other}.{signature}", f"{header}.{payload}.", f"{header}.{payload}"):
        with pytest.raises(TokenInvalid):
            keys.verifier().verify(forged)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é.é.é", "W10.e30.e30", "x" * 20_000])
def test_rubbish_is_refused(keys: Keys, token: str) -> None:
    with pytest.raises(TokenInvalid):
        keys.verifier().verify(token)


def test_a_foreign_key_is_refused_whatever_the_header_offers(keys: Keys) -> None:
    theirs = new_key()
    for header in ({"kid": theirs.kid}, {"kid": keys.key.kid}, {"kid": None}):
        offered = {"alg": "ES256", "typ": "txntoken+jwt", "jwk": theirs.as_dict(private=False)}
        token = jwt.encode({**offered, **{k: v for k, v in header.items() if v}}, CLAIMS, theirs)
        with pytest.raises(TokenInvalid):
            keys.verifier().verify(token)


def test_a_key_is_replaced_while_services_run(keys: Keys) -> None:
    verifier, old = keys.verifier(), keys.key
    before = keys.signed({})
    keys.private.unlink()
    fresh = load_or_create_private_key(keys.private)
    after = Signer(keys.private).sign(CALLER, now=NOW)
    with pytest.raises(TokenInvalid, match="unknown"):
        verifier.verify(after)
    publish(keys.public, [old, fresh])
    assert (verifier.verify(before).subject, verifier.verify(after)) == ("a1", CALLER)
    publish(keys.public, [fresh])
    with pytest.raises(TokenInvalid, match="unknown"):
        verifier.verify(before)


def test_the_last_good_keys_hold_while_the_file_is_broken_or_gone(keys: Keys) -> None:
    verifier, token = keys.verifier(), keys.signed({})
    keys.public.write_text("{half")
    assert verifier.verify(token).subject == "a1"
    keys.public.unlink()
    assert verifier.verify(token).subject == "a1"


def test_the_private_key_is_for_its_owner_only_and_never_published(keys: Keys) -> None:
    assert os.stat(keys.private).st_mode & 0o777 == 0o600
    assert load_or_create_private_key(keys.private).kid == keys.key.kid == keys.key.thumbprint()
    assert [set(member) & {"d"} for member in json.loads(keys.public.read_text())["keys"]] == [
        set()
    ]
    assert sorted(file.name for file in keys.private.parent.iterdir()) == [
        "internal.jwk",
        "internal.jwks",
    ]


def test_a_file_without_a_usable_key_ends_the_start(tmp_path: Path) -> None:
    file = tmp_path / "key"
    public = new_key().as_dict(private=False)
    wrong_curve = ECKey.generate_key("P-384").as_dict(private=True)
    for content in ("", "[]", "{}", json.dumps(public), json.dumps(wrong_curve)):
        file.write_text(content)
        with pytest.raises(KeyFileUnusable):
            load_private_key(file)
    with pytest.raises(KeyFileUnusable):
        Verifier(tmp_path / "missing")
    with pytest.raises(KeyFileUnusable):
        load_or_create_private_key(tmp_path / "no-folder" / "key")
