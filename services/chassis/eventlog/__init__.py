from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.eventlog.port import EventLog
from services.chassis.settings import ServiceSettings


def open_log(settings: ServiceSettings) -> EventLog:
    """The event log the settings name; nothing is connected before it is used."""
    if settings.event_log == "kafka":
        if settings.kafka_bootstrap is None:
            raise ValueError("EVENT_LOG=kafka needs KAFKA_BOOTSTRAP (host:port, …)")
        return KafkaLog(settings.kafka_bootstrap)
    if settings.event_log_url is None:
        raise ValueError("EVENT_LOG=embedded needs EVENT_LOG_URL (the database `log`)")
    return EmbeddedLog(settings.event_log_url.get_secret_value())
