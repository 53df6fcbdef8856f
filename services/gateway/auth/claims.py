"""What a verified token of any issuer says of its subject, in our words."""

import re
from collections.abc import Mapping
from typing import Any

from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import MAX_SUBJECT
from services.chassis.identity.policy import JOB
from services.chassis.identity.refusals import TokenInvalid
from services.contracts.roles import ROLES
from services.gateway.auth.settings import OidcSettings

MAX_AREAS = 200
MAX_TEXT = MAX_SUBJECT

_AREA = re.compile(r"[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}){0,3})?)?")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def caller_of(claims: Mapping[str, Any], settings: OidcSettings) -> Caller:
    """The subject with the roles we know, its areas and organisation.

    Roles unknown here are left out (issuers add their own). A malformed area is refused: scope is a
    prefix test, and an empty prefix would cover everything.
    """
    subject = _text(claims, "sub")
    roles = frozenset(_texts(claims, settings.oidc_roles_claim))
    areas = tuple(dict.fromkeys(_texts(claims, settings.oidc_areas_claim)))
    if is_job_subject(subject) or JOB in roles:
        raise TokenInvalid(
            "内部作业的身份不能从外部使用。", "The identity of a job cannot be used from outside."
        )
    if not subject:
        raise _wrong("sub")
    if len(areas) > MAX_AREAS or not all(map(is_area_code, areas)):
        raise _wrong(settings.oidc_areas_claim)
    return Caller(
        subject=subject,
        roles=frozenset(roles & ROLES.keys()),
        areas=tuple(areas),
        organisation=_text(claims, settings.oidc_organisation_claim) or None,
        name=_text(claims, settings.oidc_name_claim),
        client=next(filter(None, (_text(claims, c) for c in settings.oidc_client_claims)), ""),
    )


def is_job_subject(subject: str) -> bool:
    return subject.lower().startswith("svc:")


def is_area_code(code: str) -> bool:
    """Province, prefecture, district, township, village or grid: no other length is a level."""
    return _AREA.fullmatch(code) is not None


def _found(claims: Mapping[str, Any], name: str) -> Any:
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = _found(claims, name)
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > MAX_TEXT or _NO_TEXT.search(found):
        raise _wrong(name)
    return found


def _texts(claims: Mapping[str, Any], name: str) -> list[str]:
    """A list of strings; issuers that send one string separate its words by spaces."""
    found = _found(claims, name)
    if found is None:
        return []
    if isinstance(found, str):
        return found.split()
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise _wrong(name)
    return found


def _wrong(name: str) -> TokenInvalid:
    return TokenInvalid(
        f"访问令牌的“{name}”缺失或有误。", f"The token's {name!r} is missing or wrong."
    )
