"""Surveys (三率问卷): who may answer once, what makes an answer valid, and what is counted. Pure."""

from collections.abc import Container, Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256

from services.chassis.errors import Conflict, Invalid
from services.contracts.codes_outreach import Feeling, Flaw
from services.contracts.grid_outreach import SurveyResult

FEWEST_HOUSEHOLDS = 20
"""As few are handed questionnaires together; with fewer, a token would say whose it is."""
FEWEST_TOLD = 5
"""Of fewer valid answers in a township nothing is told but how many came."""


class Status(StrEnum):
    OPEN = "OPEN"  # 进行中
    CLOSED = "CLOSED"  # 已结束


class Step(StrEnum):
    REVISE = "revise"
    CLOSE = "close"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.OPEN, Step.REVISE): Status.OPEN,
    (Status.OPEN, Step.CLOSE): Status.CLOSED,
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a survey that is {status}."
        )


class SurveyUnknown(Invalid):
    """There is none, or it is another area's."""

    zh = "该区域没有此问卷调查。"
    en = "There is no such survey in that area."
    pointer = "/survey_id"


class SurveyNotRunning(Conflict):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(
            f"该问卷调查已结束，或不在 {first} 至 {last} 之间。",
            f"The survey is closed, or does not run on that day: {first} to {last}.",
            pointer="/survey_id",
        )


class OneTokenEach(Invalid):
    zh = "户数与令牌数应相同。"
    en = "There is one token for each household."
    pointer = "/digests"


class HouseholdHasToken(Conflict):
    def __init__(self, place: int) -> None:
        super().__init__(
            "该户在本次调查中已有令牌。",
            "The household has a token of this survey already.",
            pointer=f"/households/{place}",
        )


class HouseholdNotThere(Invalid):
    def __init__(self, place: int) -> None:
        super().__init__(
            "该区域没有此户。",
            "There is no such household in that area.",
            pointer=f"/households/{place}",
        )


class TokenInUse(Conflict):
    """Handed out before, spent or not."""

    def __init__(self, place: int) -> None:
        super().__init__(
            "该令牌已发放过，请另行生成。",
            "The token was handed out before; make another.",
            pointer=f"/digests/{place}",
        )


class TokenNotGood(Conflict):
    """Not issued for this survey in this township, or spent: the two are not told apart."""

    def __init__(self, place: int) -> None:
        super().__init__(
            "令牌无效或已使用。",
            "The token is not good, or was used.",
            pointer=f"/sheets/{place}/token",
        )


class NoSuchVersion(Invalid):
    def __init__(self, place: int) -> None:
        super().__init__(
            "没有该版本的题目。",
            "The questions have no such version.",
            pointer=f"/sheets/{place}/version",
        )


class NotAsked(Invalid):
    def __init__(self, place: int, name: str) -> None:
        super().__init__(
            "该版本的题目中没有此活动。",
            "Its version of the questions does not list this activity.",
            pointer=f"/sheets/{place}/{name}",
        )


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def digest_of(token: str) -> str:
    """What is kept of a token: who reads the database can spend none."""
    return sha256(token.encode()).hexdigest()


def flaw_of(
    feeling: Feeling | None,
    aware: Sequence[str] | None,
    took_part: Sequence[str] | None,
    seconds: int | None,
    fewest_seconds: int,
) -> Flaw | None:
    """Why an answer is not valid: a core question is left out, or it was clicked through. On paper nobody knows
    how long it took."""
    if feeling is None or aware is None or took_part is None:
        return Flaw.INCOMPLETE
    if seconds is not None and seconds < fewest_seconds:
        return Flaw.TOO_FAST
    return None


def require_new(households: Sequence[object], known: Container[object]) -> None:
    for place, household in enumerate(households):
        if household in known:
            raise HouseholdHasToken(place)


def require_unused(digests: Sequence[str], known: Container[str]) -> None:
    for place, digest in enumerate(digests):
        if digest in known:
            raise TokenInUse(place)


def told_of(township: str, handed_out: int, counts: Sequence[int]) -> SurveyResult:
    """What is told of a township: `counts` are the answers that came, the valid ones, and of these the undecided,
    those who feel safe, quite safe, know something and took part."""
    returned, valid, unsure, safe, strictly_safe, aware, took_part = counts
    if valid < FEWEST_TOLD:
        valid = unsure = safe = strictly_safe = aware = took_part = 0
    return SurveyResult(
        area_code=township,
        handed_out=handed_out,
        returned=returned,
        valid=valid,
        unsure=unsure,
        safe=safe,
        strictly_safe=strictly_safe,
        aware=aware,
        took_part=took_part,
    )
