import ssl
from typing import Any

from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.port import EventLog
from services.chassis.settings import ServiceSettings


def open_log(settings: ServiceSettings) -> EventLog:
    """The event log the settings name; nothing is connected before it is used."""
    if settings.event_log == "kafka":
        if settings.kafka_bootstrap is None:
            raise ValueError("EVENT_LOG=kafka needs KAFKA_BOOTSTRAP (host:port, …)")
        from services.chassis.eventlog.kafka import KafkaLog  # noqa: PLC0415  (3 MB)

        return KafkaLog(
            settings.kafka_bootstrap,
            client_options=security(settings),
            replication=settings.kafka_replication,
        )
    if settings.event_log_url is None:
        raise ValueError("EVENT_LOG=embedded needs EVENT_LOG_URL (the database `log`)")
    return EmbeddedLog(settings.event_log_url.get_secret_value())


def security(settings: ServiceSettings) -> dict[str, Any]:
    """How aiokafka's clients make themselves known; plaintext where no user is named."""
    if settings.kafka_user is None:
        return {}
    if settings.kafka_password_file is None:
        raise ValueError("KAFKA_USER needs KAFKA_PASSWORD_FILE")
    secured: dict[str, Any] = {}
    if settings.kafka_security == "sasl_ssl":
        secured["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca_file)
    return {
        **secured,
        "security_protocol": settings.kafka_security.upper(),
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": settings.kafka_user,
        "sasl_plain_password": settings.kafka_password_file.read_text(encoding="utf-8").strip(),
    }
