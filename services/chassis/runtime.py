"""What a running service holds; made by `services.chassis.service`, found at `app.state.runtime`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from inspect import signature
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from services.chassis.attachments.upload import Attached
from services.chassis.audit import Audit
from services.chassis.audit.anchors import Anchors
from services.chassis.consumer import Subscriber, Subscriptions
from services.chassis.database import Database
from services.chassis.eventlog.port import EventLog
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Verifier
from services.chassis.identity.policy import Policy
from services.chassis.operation import Noun, Operation
from services.chassis.settings import Service, ServiceSettings
from services.chassis.together import Together
from services.chassis.unit import Unit

T = TypeVar("T")


@dataclass
class Definition:
    """What a service tells the chassis about itself. `ward(runtime, caller, wishes)`: who keeps what a batch could not do;
    what is `known` to it is not tried again, and what became of the rest it shall `note`."""

    name: Service
    policy: Policy
    nouns: Sequence[Noun[Any]]
    subscriptions: Subscriptions = field(default_factory=dict)
    ward: Any = None

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
    together: Together
    attached: Attached
    audit: Audit
    anchors: Anchors
    subscriber: Subscriber | None = None


def inline(dependency: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """FastAPI runs a plain callable in a thread, which costs more than ours do."""

    async def called(**values: Any) -> T:
        return dependency(**values)

    called.__signature__ = signature(dependency)  # type: ignore[attr-defined]
    return called


def runtime_of(request: Request) -> Runtime:
    found: Runtime = request.app.state.runtime
    return found


def caller_of(request: Request) -> Caller:
    """The caller that the gateway vouches for; there is no other way in."""
    scope = request.scope
    if "caller" not in scope:
        told = request.headers.get(INTERNAL_TOKEN_HEADER, "")
        scope["caller"] = runtime_of(request).verifier.verify(told)
    found: Caller = scope["caller"]
    return found


RuntimeDep = Annotated[Runtime, Depends(inline(runtime_of))]
CallerDep = Annotated[Caller, Depends(inline(caller_of))]
