import pytest

from services.chassis.identity.caller import Caller, job
from services.chassis.identity.policy import Policy, permissions_of, require
from services.chassis.identity.refusals import PermissionMissing

POLICY: Policy = {
    "case.settle": frozenset({"mediator"}),
    "case.read": frozenset({"mediator", "auditor"}),
    "case.expire": frozenset({"job"}),
    "case.close": frozenset({"operator", "job"}),
}


def caller(*roles: str) -> Caller:
    return Caller("a1", frozenset(roles))


@pytest.mark.parametrize(
    ("who", "permissions"),
    [
        (caller(), []),
        (caller("stranger"), []),
        (caller("mediator"), ["case.read", "case.settle"]),
        (caller("auditor", "operator"), ["case.close", "case.read"]),
        (caller("job"), []),
        (job("disputes"), ["case.close", "case.expire"]),
        (Caller("svc:x", frozenset({"mediator"})), ["case.close", "case.expire"]),
    ],
)
def test_only_what_the_table_grants_is_permitted(who: Caller, permissions: list[str]) -> None:
    assert permissions_of(POLICY, who) == permissions
    for permission in POLICY:
        if permission in permissions:
            require(POLICY, who, permission)
        else:
            with pytest.raises(PermissionMissing, match=permission):
                require(POLICY, who, permission)


def test_a_permission_that_no_table_names_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        require(POLICY, job("disputes"), "case.sette")


def test_the_refusal_names_the_permission_in_both_languages() -> None:
    refusal = PermissionMissing("case.settle")
    assert (refusal.status, refusal.code) == (403, "permission_missing")
    assert "case.settle" in refusal.zh
    assert "case.settle" in refusal.en
