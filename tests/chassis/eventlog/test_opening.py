from pathlib import Path
from typing import Any

import pytest
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
