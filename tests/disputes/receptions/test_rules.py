import pytest

from services.disputes.receptions.rules import (
    RepresentativesMissing,
    TooManyRepresentatives,
    check_representatives,
)


@pytest.mark.parametrize(("heads", "named"), [(1, None), (4, None), (4, 2), (5, 1), (90, 5)])
def test_a_crowd_names_one_to_five_representatives(heads: int, named: int | None) -> None:
    check_representatives(heads, named, collective=5, most=5)


def test_a_crowd_without_representatives_is_refused() -> None:
    with pytest.raises(RepresentativesMissing):
        check_representatives(5, None, collective=5, most=5)


@pytest.mark.parametrize(("heads", "named"), [(90, 6), (3, 4)])
def test_there_are_no_more_representatives_than_allowed_or_than_heads(
    heads: int, named: int
) -> None:
    with pytest.raises(TooManyRepresentatives):
        check_representatives(heads, named, collective=5, most=5)
