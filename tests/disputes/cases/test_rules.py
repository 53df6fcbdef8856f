from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.disputes.cases.rules import (
    STEPS,
    CaseStatus,
    Signature,
    Signer,
    SignerRole,
    Step,
    StepNotAllowed,
    after,
    effective_at,
    signers,
)

AGREED_AT = datetime(2017, 9, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(("status", "step"), list(product(CaseStatus, Step)))
def test_a_step_is_taken_only_where_the_table_allows_it(status: CaseStatus, step: Step) -> None:
    if (status, step) in STEPS:
        assert after(status, step) is STEPS[status, step]
    else:
        with pytest.raises(StepNotAllowed, match=f"Cannot {step} a case that is {status}"):
            after(status, step)


def test_only_a_closed_case_is_final() -> None:
    assert set(CaseStatus) - {status for status, _ in STEPS} == {CaseStatus.CLOSED}


def test_after_an_agreement_nothing_of_the_case_can_be_rewritten() -> None:
    steps = {step for status, step in STEPS if status in {CaseStatus.AGREED, CaseStatus.PERFORMED}}
    assert steps == {Step.SIGN, Step.PERFORM, Step.CLOSE}


@given(st.integers(2, 6), st.data())
def test_a_written_agreement_takes_effect_with_its_last_signature(
    parties: int, data: st.DataObject
) -> None:
    everybody = sorted(signers(parties), key=repr)
    order = data.draw(st.permutations(everybody))
    signatures = [
        Signature(signer=signer, signed_at=AGREED_AT + timedelta(hours=n))
        for n, signer in enumerate(order)
    ]
    for n in range(len(signatures)):
        assert effective_at(parties, signatures[:n]) is None
    assert effective_at(parties, signatures) == signatures[-1].signed_at
    assert effective_at(parties, signatures[::-1]) == signatures[-1].signed_at


def test_parties_mediator_and_seal_must_sign() -> None:
    assert signers(2) == {
        Signer(role=SignerRole.PARTY, party=1),
        Signer(role=SignerRole.PARTY, party=2),
        Signer(role=SignerRole.MEDIATOR),
        Signer(role=SignerRole.SEAL),
    }
