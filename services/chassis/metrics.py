"""What Prometheus is told, on a port of its own."""

from prometheus_client import Counter, Gauge, Histogram, start_http_server

REQUESTS = Histogram(
    "http_server_request_duration_seconds",
    "Requests by route and status",
    ["method", "route", "status"],
)
OUTBOX_PENDING = Gauge("outbox_pending", "Events not yet published")
OUTBOX_OLDEST = Gauge(
    "outbox_oldest_unpublished_age_seconds", "Age of the oldest unpublished event"
)
OUTBOX_PARKED = Gauge("outbox_parked", "Events that cannot be published")
PUBLISHED = Counter("events_published_total", "Events acknowledged by the log")
CONSUMED = Counter("events_consumed_total", "Records read and settled", ["consumer"])
CONSUMER_LAG = Gauge("consumer_lag", "Records not yet read", ["consumer"])
CONSUMER_AGE = Gauge(
    "consumer_age_seconds", "Since when it has not been seen to have read everything", ["consumer"]
)
CONSUMER_STOPPED = Gauge(
    "consumer_stopped_partitions", "Partitions that wait for an operator's decision", ["consumer"]
)
DEAD_LETTERS = Counter("event_dead_letters_total", "Records put aside", ["consumer"])
DEAD_LETTERS_OPEN = Gauge("dead_letters_open", "Records that an operator must see to", ["consumer"])
CLOCKS_FIRED = Counter("clocks_fired_total", "Deadlines that passed and were recorded", ["noun"])
CLOCKS_OVERDUE = Gauge("clocks_waiting", "Deadlines passed but not yet recorded")
CALENDAR_DAYS = Gauge(
    "calendar_known_days_ahead", "Days until the working calendar ends", ["service"]
)
INCIDENTS = Counter("projection_incidents_total", "Version gaps and other surprises", ["kind"])
POOL_BUSY = Gauge("database_pool_busy_ratio", "Connections in use, of all in the pool", ["pool"])
OLD_KEY_ROWS = Gauge("people_old_key_rows", "People under an older master key than the newest")
RETENTION_DONE = Gauge(
    "retention_last_success_timestamp_seconds", "When what was kept long enough was deleted last"
)


def serve(port: int, host: str) -> None:
    start_http_server(port, host)
