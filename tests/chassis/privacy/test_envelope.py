import os
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.privacy.envelope import HEADER, NONCE, TAG, NotReadable, open_sealed, seal
from services.chassis.privacy.keyring import ALGORITHMS, Key

KEYS = {n: Key(n, n, bytes(range(n, n + 32))) for n in ALGORITHMS.values()}
PERSON = uuid4()


@pytest.mark.parametrize("algorithm", KEYS)
@given(value=st.binary(max_size=200))
def test_what_is_sealed_opens_for_the_same_place_only(algorithm: int, value: bytes) -> None:
    sealed = seal(KEYS[algorithm], "name", PERSON, value)
    assert len(sealed) == HEADER.size + NONCE + len(value) + TAG
    assert open_sealed(KEYS, "name", PERSON, sealed) == value
    for field, person in (("phone", PERSON), ("name", uuid4())):
        with pytest.raises(NotReadable):
            open_sealed(KEYS, field, person, sealed)


@pytest.mark.parametrize("algorithm", KEYS)
def test_no_flipped_bit_opens(algorithm: int) -> None:
    sealed = seal(KEYS[algorithm], "name", PERSON, "朱某某".encode())
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(NotReadable):
            open_sealed(KEYS, "name", PERSON, bytes(flipped))


@given(st.binary(max_size=60))
def test_whatever_stands_there_is_refused_alike(junk: bytes) -> None:
    for head in (b"", HEADER.pack(1, 1, 1), HEADER.pack(1, 2, 2), HEADER.pack(1, 9, 1)):
        with pytest.raises(NotReadable):
            open_sealed(KEYS, "name", PERSON, head + junk)


def test_two_seals_of_one_value_differ() -> None:
    assert seal(KEYS[1], "name", PERSON, b"x") != seal(KEYS[1], "name", PERSON, b"x")


def test_a_key_that_is_not_there_opens_nothing() -> None:
    sealed = seal(Key(3, 1, os.urandom(32)), "name", PERSON, b"x")
    with pytest.raises(NotReadable):
        open_sealed(KEYS, "name", PERSON, sealed)


def test_the_refusal_tells_nothing_of_the_value() -> None:
    with pytest.raises(NotReadable) as refused:
        open_sealed(KEYS, "phone", PERSON, seal(KEYS[1], "name", PERSON, b"secret"))
    assert refused.value.__suppress_context__
    assert "secret" not in repr(refused.value)
