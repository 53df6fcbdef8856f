"""The tree of organisations: what a body must find there. Pure."""

from collections.abc import Mapping

from services.chassis.errors import Invalid


class OrganisationUnknown(Invalid):
    """Organisations are effective-dated: what counts is the day of the matter."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"机构 {code} 在该时间不存在。",
            f"Organisation {code} does not exist at that time.",
            pointer="/organisation",
        )


class ParentIsBelow(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"机构 {code} 不能是自己的上级。",
            f"Organisation {code} would be above itself.",
            pointer="/parent",
        )


def require_above(code: str, parent: str | None, parents: Mapping[str, str | None]) -> None:
    """Refuse a parent from which the way up leads back to `code`."""
    passed: set[str] = set()
    while parent and parent not in passed:
        if parent == code:
            raise ParentIsBelow(code)
        passed.add(parent)
        parent = parents.get(parent)
