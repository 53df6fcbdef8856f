from pydantic import Field

from services.chassis.operation import Body


class CheckIn(Body):
    """What the check found (抽查情况)."""

    findings: str = Field(min_length=2, max_length=1000)


class EvaluateIn(Body):
    """`score`: 1 to 5."""

    satisfied: bool
    score: int | None = Field(None, ge=1, le=5)
    comment: str = Field("", max_length=1000)


class CallBackIn(Body):
    """What was said when the unsatisfied was called back (回访情况)."""

    findings: str = Field(min_length=2, max_length=1000)
