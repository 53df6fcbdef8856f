"""The parties of a case (当事人) and their consent. Pure.

Law: 人民调解法, art. 17 (nobody is mediated against their will). Nobody handles their own dispute.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from uuid import UUID

from pydantic import BaseModel

from services.chassis.errors import Conflict, Forbidden, Invalid


class Side(StrEnum):
    APPLICANT = "APPLICANT"
    RESPONDENT = "RESPONDENT"
    THIRD = "THIRD"


class PartyKind(StrEnum):
    NATURAL = "NATURAL"
    LEGAL = "LEGAL"


class Consent(StrEnum):
    GIVEN = "GIVEN"
    REFUSED = "REFUSED"


class Party(BaseModel):
    """当事人. `person`: who it is, sealed; `mark`: equal where name and telephone are. Only a legal person's name
    stands here. `consent` is None until asked; `subject`: who it is in this system, where known."""

    side: Side
    kind: PartyKind
    person: UUID
    mark: str
    name: str | None = None
    subject: str | None = None
    consent: Consent | None = None
    consented_at: datetime | None = None


class TooFewParties(Conflict):
    def __init__(self) -> None:
        super().__init__("受理前须有至少两方当事人。", "A case needs two parties to be accepted.")


class ConsentMissing(Conflict):
    """No mediation without the recorded consent of every party, own initiative included."""

    def __init__(self) -> None:
        super().__init__(
            "尚有当事人未明确同意调解。", "A party has not yet consented to mediation."
        )


class PartyHasRefused(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "当事人一方明确拒绝调解的，不得调解，只能终止。",
            "A party refuses mediation: the case can only be terminated.",
        )


class MediatorIsParty(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "当事人不能担任本案调解员。",
            "A party cannot mediate its own case.",
            pointer="/mediator",
        )


class SideMissing(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "受理前申请人、被申请人双方均须到案。",
            "A case needs an applicant and a respondent to be accepted.",
        )


class PartyTwice(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "同一人不能同时作为两方当事人。", "The same person is named as two of the parties."
        )


class ConsentAfterAcceptance(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "当事人同意调解的时间晚于受理时间。", "A consent is dated after the acceptance."
        )


class PartyUnknown(Invalid):
    def __init__(self, pointer: str) -> None:
        super().__init__(
            "该人员不是本案当事人。", "This person is no party of the case.", pointer=pointer
        )


class OwnCase(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "自己不能调解自己的纠纷：当事人不得办理本案。",
            "Nobody mediates their own dispute: a party takes no step in its case.",
        )


def same(one: Party, other: Party) -> bool:
    """Whether two entries are one person: by subject where both have one, else by name and telephone."""
    if one.subject and other.subject:
        return one.subject == other.subject
    return one.mark == other.mark


def places_of(parties: Sequence[Party], subject: str) -> set[int]:
    """Where `subject` stands in the list of parties, from 1."""
    return {place for place, party in enumerate(parties, 1) if party.subject == subject}


def refuses(parties: Sequence[Party]) -> bool:
    return any(party.consent is Consent.REFUSED for party in parties)


def require_consent(parties: Sequence[Party]) -> None:
    """Two parties at least, on both sides and of different people, and the consent of each."""
    if refuses(parties):
        raise PartyHasRefused
    if len(parties) < 2:
        raise TooFewParties
    if not {Side.APPLICANT, Side.RESPONDENT} <= {party.side for party in parties}:
        raise SideMissing
    if any(same(one, other) for one, other in combinations(parties, 2)):
        raise PartyTwice
    if any(party.consent is None for party in parties):
        raise ConsentMissing


def require_consent_by(parties: Sequence[Party], at: datetime) -> None:
    """Nobody accepts a case on a consent that is yet to come."""
    if any(party.consented_at and party.consented_at > at for party in parties):
        raise ConsentAfterAcceptance
