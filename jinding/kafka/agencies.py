"""Partner agencies as users of Kafka."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from jinding.kafka.administration import Administration, administering, may
from jinding.kafka.settings import KafkaSettings
from jinding.kafka.topics import create_topics
from jinding.refusal import Refusal
from services.contracts.topics import STREAMS, TOPICS
from services.gateway.agencies.scope import stream_of

T = TypeVar("T")
AGENCY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PREFIX = "agency-"
NOTHING = 1
"""Bytes a second."""
USUAL_WAIT_SECONDS = 0.6
"""A little more than the half second for which most clients let a fetch wait."""


class KafkaAgencies:
    """An agency is a user `agency-<id>` that reads its topics, in groups whose names begin with `agency-<id>.`.

    It writes nothing and administers nothing. Every call may be repeated.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    async def known(self) -> Mapping[str, bool]:
        def look(administration: Administration) -> Mapping[str, bool]:
            users = administration.users()
            named = {name for name in users | administration.allowed() if name.startswith(PREFIX)}
            streams = [name for name in administration.topics() if name.startswith(STREAMS)]
            agencies = {name.removeprefix(PREFIX) for name in named}
            agencies |= {name.removeprefix(STREAMS).removesuffix(".v1") for name in streams}
            return {agency: f"{PREFIX}{agency}" in users for agency in agencies}

        return await self._administering(look)

    async def admit(self, agency_id: str, password: str) -> None:
        """It may connect, from now on with this password only; what it may read is said by `allow`."""
        user = user_of(agency_id)
        await self._administering(lambda by: by.set_users({user: password}))

    async def allow(self, agency_id: str, topics: Sequence[str]) -> None:
        """It may read these topics and no others, as fast as the settings say; one that it loses is lost at once."""
        user, named = user_of(agency_id), set(topics)
        if unknown := sorted(named - {*TOPICS, stream_of(agency_id)}):
            names = ", ".join(unknown)
            raise Refusal(
                f"没有可授权的主题：{names}。", f"These topics cannot be granted: {names}."
            )
        wanted = [may(user, "READ", "TOPIC", topic) for topic in named]
        if wanted:
            wanted.append(may(user, "READ", "GROUP", f"{user}.", prefix=True))

        def tell(administration: Administration) -> None:
            administration.limit(user, self._settings.agency_bytes_per_second)
            administration.allow(user, wanted)

        await create_topics(self._settings, named - {*TOPICS})
        await self._administering(tell)

    async def expel(self, agency_id: str) -> None:
        """It reads nothing more, on open connections neither: each fetch is checked against the access lists.

        They go before the user, for Kafka leaves the connections of a user that is gone as they are. A fetch that
        waits in the broker was checked before; the limit is looked at when it is answered, so that it is answered
        with nothing once this returns. Whoever is over the limit hears nothing for a long time, no refusal either:
        those that wait no longer than usual are refused before it comes.
        """
        user = user_of(agency_id)

        def tell(administration: Administration) -> None:
            administration.allow(user, [])
            time.sleep(USUAL_WAIT_SECONDS)
            administration.limit(user, NOTHING)
            administration.remove_user(user)
            administration.remove_topic(stream_of(agency_id))

        await self._administering(tell)

    async def _administering(self, act: Callable[[Administration], T]) -> T:
        """Kafka's administration waits for its answers: in a thread."""

        def acted() -> T:
            with administering(self._settings) as administration:
                return act(administration)

        return await asyncio.to_thread(acted)


def user_of(agency_id: str) -> str:
    """The user's name. No id is the beginning of another's group prefix: none has a dot."""
    if not AGENCY.fullmatch(agency_id):
        raise Refusal(
            f"机构代号 {agency_id!r} 只能由小写字母、数字和连字符组成。",
            f"An agency's id has lower-case letters, digits and hyphens only: {agency_id!r}.",
        )
    return f"{PREFIX}{agency_id}"
