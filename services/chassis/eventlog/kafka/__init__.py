"""The event log on Apache Kafka (3.1 or newer), by aiokafka."""

from services.chassis.eventlog.kafka.log import KafkaLog

__all__ = ["KafkaLog"]
