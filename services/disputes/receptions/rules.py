"""What a reception must keep. Pure."""

from enum import StrEnum

from services.chassis.errors import Conflict, Invalid


class Step(StrEnum):
    LINK = "link"


class RepresentativesMissing(Invalid):
    def __init__(self, heads: int) -> None:
        super().__init__(
            f"{heads} 人及以上的集体来访应推选代表。",
            f"{heads} or more people coming together name representatives.",
            pointer="/representatives",
        )


class TooManyRepresentatives(Invalid):
    def __init__(self, most: int) -> None:
        super().__init__(
            f"代表不得超过 {most} 人。",
            f"There are at most {most} representatives.",
            pointer="/representatives",
        )


class GroupUnknown(Invalid):
    """The group is not this township's, or did not exist on that day."""

    def __init__(self) -> None:
        super().__init__(
            "接待当日该乡镇（街道）没有此服务小组。",
            "The township had no such service group on that day.",
            pointer="/group_id",
        )


class CaseUnknown(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "本乡镇（街道）没有此纠纷案件。",
            "The township has no such case.",
            pointer="/case_id",
        )


class CaseLinked(Conflict):
    def __init__(self) -> None:
        super().__init__("该接待已关联案件。", "The reception is linked to a case already.")


def check_representatives(heads: int, named: int | None, collective: int, most: int) -> None:
    """群体来访: from `collective` heads on representatives are named, `most` at most."""
    if heads >= collective and named is None:
        raise RepresentativesMissing(collective)
    if named is not None and named > min(most, heads):
        raise TooManyRepresentatives(min(most, heads))
