"""The lifecycle of a case (人民调解): what may follow what, and when an agreement takes effect. Pure.

Law: 人民调解法, arts. 26 (routes are told), 29 and 30 (effect).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from services.chassis.errors import Conflict, Invalid


class CaseStatus(StrEnum):
    REGISTERED = "REGISTERED"  # 已登记
    ACCEPTED = "ACCEPTED"  # 已受理
    MEDIATING = "MEDIATING"  # 调解中
    AGREED = "AGREED"  # 达成协议
    PERFORMED = "PERFORMED"  # 履行完毕
    TERMINATED = "TERMINATED"  # 终止
    CLOSED = "CLOSED"  # 结案


class Step(StrEnum):
    DESCRIBE = "describe"
    SET_PARTIES = "set_parties"
    ACCEPT = "accept"
    START = "start"
    AGREE = "agree"
    SIGN = "sign"
    PERFORM = "perform"
    TERMINATE = "terminate"
    WITHDRAW = "withdraw"
    CLOSE = "close"


STEPS: dict[tuple[CaseStatus, Step], CaseStatus] = {
    (CaseStatus.REGISTERED, Step.DESCRIBE): CaseStatus.REGISTERED,
    (CaseStatus.REGISTERED, Step.SET_PARTIES): CaseStatus.REGISTERED,
    (CaseStatus.REGISTERED, Step.ACCEPT): CaseStatus.ACCEPTED,
    (CaseStatus.REGISTERED, Step.TERMINATE): CaseStatus.TERMINATED,
    (CaseStatus.REGISTERED, Step.WITHDRAW): CaseStatus.TERMINATED,
    (CaseStatus.ACCEPTED, Step.DESCRIBE): CaseStatus.ACCEPTED,
    (CaseStatus.ACCEPTED, Step.START): CaseStatus.MEDIATING,
    (CaseStatus.ACCEPTED, Step.TERMINATE): CaseStatus.TERMINATED,
    (CaseStatus.ACCEPTED, Step.WITHDRAW): CaseStatus.TERMINATED,
    (CaseStatus.MEDIATING, Step.DESCRIBE): CaseStatus.MEDIATING,
    (CaseStatus.MEDIATING, Step.AGREE): CaseStatus.AGREED,
    (CaseStatus.MEDIATING, Step.TERMINATE): CaseStatus.TERMINATED,
    (CaseStatus.MEDIATING, Step.WITHDRAW): CaseStatus.TERMINATED,
    (CaseStatus.AGREED, Step.SIGN): CaseStatus.AGREED,
    (CaseStatus.AGREED, Step.PERFORM): CaseStatus.PERFORMED,
    (CaseStatus.PERFORMED, Step.CLOSE): CaseStatus.CLOSED,
    (CaseStatus.TERMINATED, Step.CLOSE): CaseStatus.CLOSED,
}


class SignerRole(StrEnum):
    PARTY = "PARTY"
    MEDIATOR = "MEDIATOR"
    SEAL = "SEAL"  # 调解委员会印章


class Signer(BaseModel):
    """Who signs. A party is named by its place in the list of parties, from 1."""

    model_config = {"frozen": True, "extra": "forbid"}

    role: SignerRole
    party: int | None = Field(None, ge=1, le=50)


class Signature(BaseModel):
    signer: Signer
    signed_at: datetime


class ReservedId(Invalid):
    """UUIDs of version 5 are made from a report's id: nobody may take such a case's place beforehand."""

    def __init__(self) -> None:
        super().__init__(
            "编号不能是第 5 版 UUID：此类编号只用于网格上报的案件。",
            "The id must not be a UUID of version 5: these belong to the cases of grid reports.",
            pointer="/id",
        )


class CaseIsNotOfTheReport(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "该编号的案件并非来自此网格事件。",
            "The case with this id did not come from this report.",
        )


class StepNotAllowed(Conflict):
    def __init__(self, status: CaseStatus, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a case that is {status}."
        )


class NobodyRefuses(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "尚未受理的案件，只有当事人拒绝调解时方可终止。",
            "A case that is not accepted yet ends only by a party's refusal.",
        )


class GroundIsRefusal(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "当事人已拒绝调解，终止事由应为“当事人拒绝”。",
            "A party has refused: the ground is PARTY_REFUSES.",
            pointer="/ground",
        )


class NotEffectiveYet(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "协议尚未生效，不能登记履行完毕。",
            "The agreement is not in effect yet; it cannot have been performed.",
        )


class OralIsNotSigned(Conflict):
    def __init__(self) -> None:
        super().__init__("口头协议无需签署。", "An oral agreement is not signed.")


class NoSuchSigner(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "签署人应为本案某一方当事人（给出序号）、调解员或印章。",
            "A signer is a party of the case (with its place), the mediator or the seal.",
            pointer="/signer",
        )


class AlreadySigned(Conflict):
    def __init__(self) -> None:
        super().__init__("该签署人已经签署。", "This signer has signed already.")


class RoutesNotTold(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "终止的案件须先告知当事人其他法律途径，方可结案。",
            "A terminated case cannot be closed before its parties were told their legal routes.",
        )


class RoutesAreForTheTerminated(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "履行完毕的案件结案时无需告知其他法律途径。",
            "Only of a terminated case are the parties told their legal routes.",
            pointer="/routes",
        )


def after(status: CaseStatus, step: Step) -> CaseStatus:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def signers(parties: int) -> set[Signer]:
    """All who must sign a written agreement: each party, the mediator, and the committee by its seal."""
    each = {Signer(role=SignerRole.PARTY, party=place) for place in range(1, parties + 1)}
    return each | {Signer(role=SignerRole.MEDIATOR), Signer(role=SignerRole.SEAL)}


def effective_at(parties: int, signatures: Sequence[Signature]) -> datetime | None:
    """When a written agreement took effect: with the last signature; None while one is missing."""
    if signers(parties) - {signature.signer for signature in signatures}:
        return None
    return max(signature.signed_at for signature in signatures)
