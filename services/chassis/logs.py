"""Structured logs: one JSON object a line, UTC, no personal data.

Nothing that a caller wrote is logged: neither bodies nor query strings; a route's template stands for its path.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

PERSONAL = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last net: telephone and resident ID numbers that slipped into a text are blotted out."""
    for name, value in event.items():
        if isinstance(value, str) and name not in {"request_id", "timestamp"}:
            event[name] = PERSONAL.sub("[redacted]", value)
    return event


def surprise(event: str, error: BaseException, **known: Any) -> None:
    """Log a failure that nobody foresaw: where it happened, not its message, which may quote somebody."""
    where = "".join(traceback.format_tb(error.__traceback__))
    structlog.get_logger().error(event, reason=type(error).__name__, where=where, **known)


def configure(service: str, level: int = logging.INFO) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.getLogger("uvicorn.access").disabled = True
