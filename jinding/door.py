"""How an operator's command asks the running services: by the gateway as everybody does, or inside a deployment.

Inside there is no issuer that a command could ask for a token. It holds the gateway's key, as the gateway does, and
says with it in whose name it asks; what it does is audited by the services under that name.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import aiohttp

from jinding.auditing.keys import audit_of
from jinding.beside import Deployed, services_of
from jinding.gateway import Answer, Unanswered, ask, issue_token
from jinding.plainly import settings_of
from jinding.settings import Settings
from services.chassis.audit import Audit
from services.chassis.database import Database
from services.chassis.deadletters import discard, open_letters
from services.chassis.errors import Refusal as Refused
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Signer
from services.gateway.projections.snapshots import Services

LETTERS = "/v1/dead-letters"


class Door(Protocol):
    def ask(
        self, method: str, path: str, body: object = None, if_match: str | None = None
    ) -> Answer: ...


class Gateway:
    """As whoever holds `token`."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def ask(
        self, method: str, path: str, body: object = None, if_match: str | None = None
    ) -> Answer:
        return ask(method, self.url + path, body, self.token, if_match)


class Inside:
    """As `caller`, straight to the service that a path is of. The gateway's own dead letters are settled in its
    database: it takes nobody's word but an issuer's."""

    def __init__(self, settings: Settings, caller: Caller) -> None:
        self.settings, self.caller = settings, caller
        self.urls, key = services_of(settings)
        self.signer = Signer(key)

    def ask(
        self, method: str, path: str, body: object = None, if_match: str | None = None
    ) -> Answer:
        if path.startswith(LETTERS):
            return asyncio.run(self._letters(path.removeprefix(LETTERS).strip("/")))
        service = path.split("/")[2]
        token = {INTERNAL_TOKEN_HEADER: self.signer.sign(self.caller)}
        try:
            return ask(method, self.urls[service] + path, body, None, if_match, token)
        except Unanswered as away:
            return Answer.refused(503, away.en)

    async def _letters(self, step: str) -> Answer:
        database = Database(settings_of(Deployed).url("gateway"), 2)
        audit = audit_of("gateway", self.settings, database)
        try:
            async with aiohttp.ClientSession() as session:
                services = Services(session, self.signer, self.urls)
                return await _settled(database, services, audit, self.caller, step)
        except Refused as refused:
            return Answer.refused(refused.status, refused.en)
        finally:
            await database.close()


async def _settled(
    database: Database, services: Services, audit: Audit, caller: Caller, step: str
) -> Answer:
    from services.gateway import deadletters  # noqa: PLC0415  (imports the whole gateway)

    letter, _, how = step.partition("/")
    if how == "retry":
        await deadletters.retry(database, services, audit, UUID(letter), caller)
    elif how == "discard":
        await discard(database, audit, UUID(letter), caller)
    return Answer(200, (await open_letters(database)).model_dump_json())


def door_of(settings: Settings, roles: Sequence[str], areas: Sequence[str], subject: str) -> Door:
    """In the name of `subject`, with these roles in these areas."""
    if settings.inside:
        return Inside(settings, Caller(subject, frozenset(roles), tuple(areas)))
    url = settings.gateway_url
    return Gateway(url, issue_token(url, roles, areas, None, subject))
