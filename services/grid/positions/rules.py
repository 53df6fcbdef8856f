"""Where somebody says to have been (provenance of a position), and what makes that doubtful. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.contracts.codes_outreach import Suspicion

AHEAD = timedelta(minutes=5)
"""How much a device's clock may go before ours."""


def suspicions(
    captured_at: datetime, received_at: datetime, accuracy_m: float, mock: bool, limit_m: float
) -> list[Suspicion]:
    """Why a position proves nothing; it is kept all the same."""
    found = {
        Suspicion.MOCK: mock,
        Suspicion.INACCURATE: accuracy_m > limit_m,
        Suspicion.FROM_THE_FUTURE: captured_at - received_at > AHEAD,
    }
    return [suspicion for suspicion, holds in found.items() if holds]


def all_of(*several: Iterable[Suspicion]) -> list[Suspicion]:
    """Each once, in the order of the code table."""
    found = {suspicion for some in several for suspicion in some}
    return [suspicion for suspicion in Suspicion if suspicion in found]
