"""Partner agencies as users of Kafka."""

import re
from collections.abc import Iterable

from jinding.kafka.administration import administering, may
from jinding.kafka.settings import KafkaSettings
from jinding.refusal import Refusal
from services.contracts.topics import TOPICS

AGENCY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class KafkaAgencies:
    """An agency is a user `agency-<id>` that reads its topics, in groups whose names begin with `agency-<id>.`.

    It writes nothing and administers nothing. Every call may be repeated.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def admit(self, agency_id: str, password: str) -> None:
        """It may connect, from now on with this password only; what it may read is said by `allow`."""
        user = user_of(agency_id)
        with administering(self._settings) as administration:
            administration.limit(user, self._settings.agency_bytes_per_second)
            administration.set_users({user: password})

    def allow(self, agency_id: str, topics: Iterable[str]) -> None:
        """It may read these topics and no others; one that it loses is lost at once."""
        user, named = user_of(agency_id), set(topics)
        if unknown := sorted(topic for topic in named if not _grantable(topic, agency_id)):
            names = ", ".join(unknown)
            raise Refusal(
                f"没有可授权的主题：{names}。", f"These topics cannot be granted: {names}."
            )
        wanted = [may(user, "READ", "TOPIC", topic) for topic in named]
        if wanted:
            wanted.append(may(user, "READ", "GROUP", f"{user}.", prefix=True))
        with administering(self._settings) as administration:
            administration.allow(user, wanted)

    def expel(self, agency_id: str) -> None:
        """It reads nothing more, on open connections neither: each fetch is checked against the access lists.

        They go first, for Kafka leaves the connections of a user that is gone as they are. A fetch that waits
        in the broker was checked before: it may still be answered, once, until the client's own waiting time
        (500 ms as a rule) or the broker's `connections.max.idle.ms` cuts it off.
        """
        user = user_of(agency_id)
        with administering(self._settings) as administration:
            administration.allow(user, [])
            administration.remove_user(user)
            administration.limit(user, None)


def user_of(agency_id: str) -> str:
    """The user's name. No id is the beginning of another's group prefix: none has a dot."""
    if not AGENCY.fullmatch(agency_id):
        raise Refusal(
            f"机构代号 {agency_id!r} 只能由小写字母、数字和连字符组成。",
            f"An agency's id has lower-case letters, digits and hyphens only: {agency_id!r}.",
        )
    return f"agency-{agency_id}"


def _grantable(topic: str, agency_id: str) -> bool:
    """A declared topic, or the agency's own stream."""
    return topic in TOPICS or topic == f"jinding.agency.{agency_id}.v1"
