"""The event log as tables of a PostgreSQL database of its own: the zero-install default."""

from services.chassis.eventlog.embedded.log import EmbeddedLog
from services.chassis.eventlog.embedded.schema import migrate

__all__ = ["EmbeddedLog", "migrate"]
