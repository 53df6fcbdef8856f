"""Kafka takes a renewed certificate while it runs."""

import asyncio
import ssl

import pytest
from typer.testing import CliRunner, Result

from jinding.cli import app
from jinding.secrets import command, renew
from jinding.secrets.certificates import certificates
from tests.support.kafka.secured import HOST, SecuredBroker
from tests.support.running import eventually

pytestmark = pytest.mark.kafka


async def serial(broker: SecuredBroker) -> int:
    """Of the certificate that a client is shown, which trusts our authority alone."""
    host, _, port = broker.external.rpartition(":")
    trusting = ssl.create_default_context(cafile=broker.secrets / "ca.pem")
    _, writer = await asyncio.open_connection(host, int(port), ssl=trusting)
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return certificates(ssl.DER_cert_to_PEM_cert(shown))[0].serial_number


async def serials(broker: SecuredBroker) -> set[int]:
    """Kafka's network threads take a certificate one after another, and connections in turn."""
    return {await serial(broker) for _ in range(6)}


def on_disk(broker: SecuredBroker) -> int:
    return certificates((broker.secrets / "kafka_tls").read_text())[0].serial_number


async def take(broker: SecuredBroker) -> Result:
    """As the operator's command tells it to."""
    environment = {
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "KAFKA_SECURITY": "sasl_plaintext",
        "KAFKA_ADMIN_PASSWORD_FILE": str(broker.secrets / "kafka_admin"),
    }
    file = "--file", str(broker.secrets / "kafka_tls")
    asked = ["secrets", "reload", *file, "--address", broker.external]
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, asked, env=environment))


async def until_shown(broker: SecuredBroker) -> None:
    async def shown() -> bool:
        return await serials(broker) == {on_disk(broker)}

    await eventually(shown)


async def test_a_renewed_certificate_is_shown_without_a_restart(
    secured_kafka: SecuredBroker,
) -> None:
    first = on_disk(secured_kafka)
    assert await serials(secured_kafka) == {first}
    for _ in range(2):  # the second time the setting is what it was
        renew(secured_kafka.secrets)
        assert (await take(secured_kafka)).exit_code == 0
        await until_shown(secured_kafka)
    assert on_disk(secured_kafka) != first


async def test_a_running_kafka_does_not_take_a_certificate_for_another_host(
    secured_kafka: SecuredBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "TAKEN_SECONDS", 2)
    shown, log = await serials(secured_kafka), secured_kafka.secrets.parent / "broker.log"
    renew(secured_kafka.secrets, "other.example")
    told = await take(secured_kafka)
    assert told.exit_code == 1
    assert "needs a restart" in told.output
    assert "SubjectAltNames" in log.read_text()
    assert await serials(secured_kafka) == shown
    assert len(shown) == 1
    renew(secured_kafka.secrets, HOST)
    assert (await take(secured_kafka)).exit_code == 0
    await until_shown(secured_kafka)
