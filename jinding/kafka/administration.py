"""What the commands ask of Kafka's administration, over kafka-python."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError, NoError, for_code
from kafka.protocol.admin import AlterClientQuotasRequest

from jinding.kafka.settings import KafkaSettings
from jinding.refusal import Refusal
from services.chassis.eventlog.port import LogUnavailable

MECHANISM = "SCRAM-SHA-512"
PATIENCE_MS = 15_000


@contextmanager
def administering(settings: KafkaSettings) -> Iterator["Administration"]:
    """Connected; whatever Kafka refuses or does not answer is told in one sentence."""
    patience = {"bootstrap_timeout_ms": PATIENCE_MS, "request_timeout_ms": PATIENCE_MS}
    try:
        with KafkaAdminClient(**settings.client_options(), **patience) as client:
            yield Administration(client)
    except (KafkaError, LogUnavailable) as error:
        where = settings.kafka_bootstrap
        raise Refusal(
            f"Kafka（{where}）拒绝或未应答：{error}", f"Kafka at {where} refused: {error!r}"
        ) from error


class Administration:
    """Every call may be repeated: it says how things are to be, not what to add."""

    def __init__(self, client: KafkaAdminClient) -> None:
        self._client = client

    def set_users(self, passwords: Mapping[str, str]) -> None:
        """These users exist, each with this password."""
        self._alter_users(
            UserScramCredentialUpsertion(user, MECHANISM, password)
            for user, password in passwords.items()
        )

    def users(self) -> set[str]:
        """Those that log in by a password that Kafka keeps."""
        return set(self._client.describe_user_scram_credentials())

    def remove_user(self, user: str) -> None:
        known = self._client.describe_user_scram_credentials([user])
        if known[user]["credential_infos"]:
            self._alter_users([UserScramCredentialDeletion(user, MECHANISM)])

    def allow(self, user: str, wanted: Iterable[ACL]) -> None:
        """What the user may, and nothing else. What it loses takes effect before what it gains. Who is to lose
        everything does, what a broker has not heard of yet, too."""
        wanted = set(wanted)
        present, _ = self._client.describe_acls(_whatever(user))
        gone = [_exactly(acl) for acl in set(present) - wanted] if wanted else [_whatever(user)]
        if gone:
            for _, _, error in self._client.delete_acls(gone):
                _check(error)
        if new := list(wanted - set(present)):
            for error in self._client.create_acls(new)["failed"]:
                _check(error)

    def allowed(self) -> set[str]:
        """All users who may anything."""
        present, _ = self._client.describe_acls(_whatever(None))
        return {acl.principal.removeprefix("User:") for acl in present}

    def limit(self, user: str, bytes_per_second: int) -> None:
        """How fast the user may read."""
        entry, quota = AlterClientQuotasRequest.EntryData, AlterClientQuotasRequest.EntryData.OpData
        change = entry(
            entity=[entry.EntityData(entity_type="user", entity_name=user)],
            ops=[quota(key="consumer_byte_rate", value=float(bytes_per_second), remove=False)],
        )
        # The client has the message, but no method for it.
        manager = self._client._manager
        request = AlterClientQuotasRequest(entries=[change], validate_only=False)
        for told in manager.run(manager.send, request).entries:
            _check(for_code(told.error_code))

    def reload_certificate(self, listener: str, file: str) -> None:
        """Let every broker read its certificate again: the same setting once more is how one says so.

        A broker goes on with the old one, and says so in its log alone, where the new one has another subject
        or lacks a name of the old one: for another host it must be started anew.
        """
        setting = {f"listener.name.{listener.lower()}.ssl.keystore.location": file}
        brokers = [
            str(broker["broker_id"]) for broker in self._client.describe_cluster()["brokers"]
        ]
        told = self._client.alter_configs(
            [ConfigResource("broker", broker, dict(setting)) for broker in brokers],
            raise_on_unknown=False,
        )
        for broker, outcome in told["broker"].items():
            if outcome != "OK":
                raise KafkaError(f"broker {broker}: {outcome}")

    def topics(self) -> list[str]:
        """Every topic but Kafka's own."""
        return [name for name in self._client.list_topics() if not name.startswith("__")]

    def remove_topic(self, name: str) -> None:
        if name in self.topics():
            self._client.delete_topics([name])

    def settings_of_topics(self) -> dict[str, dict[str, str]]:
        """What was set of every topic."""
        resources = [ConfigResource("topic", name) for name in self.topics()]
        told = self._client.describe_configs(resources)
        return {
            name: {key: str(each["value"]) for key, each in keys.items()}
            for name, keys in told.get("topic", {}).items()
        }

    def _alter_users(
        self, changes: Iterable[UserScramCredentialUpsertion | UserScramCredentialDeletion]
    ) -> None:
        for user, error in self._client.alter_user_scram_credentials(list(changes)).items():
            if error:
                raise KafkaError(f"{user}: {error}")


def may(user: str, operation: str, kind: str, name: str, *, prefix: bool = False) -> ACL:
    """`may("grid", "READ", "TOPIC", "jinding.…")`; with `prefix` of all whose names begin so."""
    pattern = ACLResourcePatternType.PREFIXED if prefix else ACLResourcePatternType.LITERAL
    return ACL(
        f"User:{user}",
        "*",
        ACLOperation[operation],
        ACLPermissionType.ALLOW,
        ResourcePattern(ResourceType[kind], name, pattern),
    )


def _whatever(user: str | None) -> ACLFilter:
    everything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    principal = user and f"User:{user}"
    return ACLFilter(principal, None, ACLOperation.ANY, ACLPermissionType.ANY, everything)


def _exactly(acl: ACL) -> ACLFilter:
    resource = acl.resource_pattern
    return ACLFilter(
        acl.principal,
        acl.host,
        acl.operation,
        acl.permission_type,
        ResourcePatternFilter(
            resource.resource_type, resource.resource_name, resource.pattern_type
        ),
    )


def _check(error: type[KafkaError]) -> None:
    if error is not NoError:
        raise error
