from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes_grid import CODES
from services.gateway.limits import RateLimitSettings
from services.grid.lookups.queries import drawn
from services.grid.lookups.rules import ALPHABET, LENGTH, NEXT, read, written

CODE = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


@given(CODE)
def test_a_code_is_read_as_it_is_written(code: str) -> None:
    assert read(written(code)) == code
    assert read(written(code).lower().replace("-", " ")) == code


@given(CODE)
def test_letters_that_are_taken_for_digits_are_read_as_such(code: str) -> None:
    heard = code.replace("0", "O").replace("1", "l")
    assert read(heard) == code


def test_no_code_is_drawn_twice_and_every_sign_is_as_likely() -> None:
    codes = [drawn() for _ in range(4000)]
    assert len(set(codes)) == len(codes)
    counts = Counter("".join(codes))
    assert counts.keys() == set(ALPHABET)
    usual = len(codes) * LENGTH / len(ALPHABET)
    assert all(0.8 < n / usual < 1.2 for n in counts.values())


def test_a_year_of_trying_from_a_thousand_addresses_finds_nothing() -> None:
    """A million codes in use; the chance that anybody guesses one of them."""
    tries = RateLimitSettings().rate_limit_lookup * 60 * 24 * 365 * 1000
    assert tries * 1_000_000 / len(ALPHABET) ** LENGTH < 0.01


def test_whatever_the_status_something_follows() -> None:
    assert NEXT.keys() == CODES["report_status"].keys()
    assert all(label.zh and label.en for label in NEXT.values())
