import pytest

from services.grid.organisations.rules import ParentIsBelow, require_above

PARENTS = {"government": None, "justice": "government", "office": "justice"}


@pytest.mark.parametrize(
    ("code", "parent"),
    [("justice", "government"), ("justice", None), ("court", "office"), ("court", "unheard-of")],
)
def test_a_parent_is_above(code: str, parent: str | None) -> None:
    require_above(code, parent, PARENTS)


@pytest.mark.parametrize(
    ("code", "parent"),
    [("court", "court"), ("government", "justice"), ("government", "office")],
)
def test_nobody_is_above_itself(code: str, parent: str) -> None:
    with pytest.raises(ParentIsBelow):
        require_above(code, parent, PARENTS)
