"""A broker that knows its users, as `deploy/docker-compose.yml` runs it: PLAIN for itself and its administrator, SCRAM
for all others; an internal listener without TLS, an external one with it; nobody may what no list says."""

import ssl
from pathlib import Path
from typing import Any

from jinding.kafka.settings import KafkaSettings
from jinding.secrets import make_secrets
from tests.support.kafka.broker import Broker
from tests.support.ports import free_ports

HOST = "127.0.0.1"

SECURED = """\
listeners=INTERNAL://127.0.0.1:{{port}},EXTERNAL://127.0.0.1:{external},CONTROLLER://127.0.0.1:{{controller}}
advertised.listeners=INTERNAL://127.0.0.1:{{advertised}},EXTERNAL://127.0.0.1:{external}
inter.broker.listener.name=INTERNAL
listener.security.protocol.map=CONTROLLER:SASL_PLAINTEXT,INTERNAL:SASL_PLAINTEXT,EXTERNAL:SASL_SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.external.sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.external.ssl.keystore.type=PEM
listener.name.external.ssl.keystore.location={secrets}/kafka_tls
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker;User:admin
connections.max.idle.ms={idle_ms}
log.initial.task.delay.ms=500
log.retention.check.interval.ms=500
"""


class SecuredBroker(Broker):
    def __init__(self, folder: Path, idle_ms: int = 4000) -> None:
        self.secrets = folder / "secrets"
        make_secrets(self.secrets, HOST)
        (self._external,) = free_ports(1)
        super().__init__(
            folder,
            listeners=SECURED.format(
                external=self._external, secrets=self.secrets, idle_ms=idle_ms
            ),
            java_options=[f"-Djava.security.auth.login.config={self.secrets}/kafka_jaas"],
        )

    @property
    def external(self) -> str:
        """Where agencies come, with TLS."""
        return f"{HOST}:{self._external}"

    @property
    def settings(self) -> KafkaSettings:
        """The administrator's."""
        return KafkaSettings(
            _env_file=None,
            kafka_bootstrap=self.bootstrap,
            kafka_security="sasl_plaintext",
            kafka_admin_password_file=self.secrets / "kafka_admin",
            kafka_passwords=self.secrets,
        )

    def within(self, user: str, password: str | None = None) -> dict[str, Any]:
        """How a service's client comes, for aiokafka."""
        known = password or (self.secrets / f"kafka_{user}").read_text()
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            **_scram(user, known),
        }

    def outside(self, user: str, password: str) -> dict[str, Any]:
        """How an agency's client comes."""
        return {
            "bootstrap_servers": self.external,
            "security_protocol": "SASL_SSL",
            "ssl_context": ssl.create_default_context(cafile=self.secrets / "ca.pem"),
            **_scram(user, password),
        }


def _scram(user: str, password: str) -> dict[str, str]:
    return {
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user,
        "sasl_plain_password": password,
    }
