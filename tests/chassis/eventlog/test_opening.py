from pathlib import Path
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from pydantic import SecretStr

from services.chassis.eventlog import open_log
from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.settings import ServiceSettings


def make_settings(**given: Any) -> ServiceSettings:
    required = {"database_url": SecretStr("unused"), "internal_jwks_file": Path("unused")}
    return ServiceSettings(_env_file=None, **{**required, **given})


async def test_the_settings_choose_the_log() -> None:
    embedded = make_settings(event_log="embedded", event_log_url=SecretStr("postgresql:///log"))
    kafka = make_settings(event_log="kafka", kafka_bootstrap="127.0.0.1:9092")
    assert isinstance(open_log(embedded), EmbeddedLog)
    assert isinstance(open_log(kafka), KafkaLog)


@pytest.mark.parametrize(("kind", "missing"), [("embedded", "EVENT_LOG_URL"), ("kafka", "KAFKA_")])
def test_a_log_without_an_address_is_refused_at_once(kind: str, missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        open_log(make_settings(event_log=kind, event_log_url=None, kafka_bootstrap=None))


async def test_kafka_is_spoken_to_in_plain_text_unless_a_user_is_named(tmp_path: Path) -> None:
    plain = open_log(make_settings(event_log="kafka", kafka_bootstrap="k:9092"))
    assert isinstance(plain, KafkaLog)
    assert (plain._options.get("security_protocol"), plain._replication) == (None, 1)
    password = tmp_path / "password"
    password.write_text("secret\n")
    named = {"event_log": "kafka", "kafka_bootstrap": "k:9092", "kafka_user": "grid"}
    with pytest.raises(ValueError, match="KAFKA_PASSWORD_FILE"):
        open_log(make_settings(**named))
    secured = open_log(make_settings(**named, kafka_password_file=password, kafka_replication=3))
    assert isinstance(secured, KafkaLog)
    assert secured._replication == 3
    assert secured._options["sasl_plain_password"] == "secret"
    assert secured._options["ssl_context"].check_hostname
    client = AIOKafkaClient(**secured._options)
    assert (client._security_protocol, client._sasl_mechanism) == ("SASL_SSL", "SCRAM-SHA-512")


async def test_within_a_host_a_user_may_be_known_without_tls(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret")
    log = open_log(
        make_settings(
            event_log="kafka",
            kafka_bootstrap="k:9092",
            kafka_user="grid",
            kafka_security="sasl_plaintext",
            kafka_password_file=password,
        )
    )
    assert isinstance(log, KafkaLog)
    client = AIOKafkaClient(**log._options)
    assert (client._security_protocol, client._sasl_mechanism) == (
        "SASL_PLAINTEXT",
        "SCRAM-SHA-512",
    )
    assert "ssl_context" not in log._options
