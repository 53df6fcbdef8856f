"""What a running service holds; made by `services.chassis.service`, found at `app.state.runtime`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from services.chassis.consumer import Subscriber, Subscriptions
from services.chassis.database import Database
from services.chassis.eventlog.port import EventLog
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Verifier
from services.chassis.identity.policy import Policy
from services.chassis.operation import Noun, Operation
from services.chassis.settings import Service, ServiceSettings
from services.chassis.unit import Unit


@dataclass
class Definition:
    """What a service tells the chassis about itself."""

    name: Service
    policy: Policy
    nouns: Sequence[Noun[Any]]
    subscriptions: Subscriptions = field(default_factory=dict)

    @property
    def operations(self) -> dict[str, Operation]:
        return {op.name: op for noun in self.nouns for op in noun.operations}

    def noun(self, name: str) -> Noun[Any] | None:
        return next((noun for noun in self.nouns if noun.name == name), None)


@dataclass
class Runtime:
    definition: Definition
    settings: ServiceSettings
    database: Database
    log: EventLog
    verifier: Verifier
    unit: Unit
    subscriber: Subscriber | None = None


def runtime(request: Request) -> Runtime:
    found: Runtime = request.app.state.runtime
    return found


def caller(request: Request) -> Caller:
    """The caller that the gateway vouches for; there is no other way in."""
    held: Runtime = request.app.state.runtime
    return held.verifier.verify(request.headers.get(INTERNAL_TOKEN_HEADER, ""))


RuntimeDep = Annotated[Runtime, Depends(runtime)]
CallerDep = Annotated[Caller, Depends(caller)]
