"""Structured logs that cannot carry personal data: only keys on the allow-list get through."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED_KEYS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "service",
        "process",
        "request_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "error_type",
        "error_code",
        "reason",
        "task",
        "queue",
        "count",
        "attempt",
        "event_type",
        "event_id",
        "consumer",
        "target",
        "breaker",
        "handoff_id",
        "transition_id",
        "task_id",
        "delivery_id",
        "decision_id",
        "policy_version",
        "verdict",
        "channel",
        "state",
        "version",
        "port",
        "seconds",
        "exit_code",
    }
)
"""Ids, codes and numbers. Add a key only when its every possible value is free of personal data."""

MAX_VALUE_CHARACTERS = 200


def keep_allowed(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the allow-list, and say how many were dropped."""
    kept: dict[str, Any] = {}
    for key, value in entry.items():
        if key in ALLOWED_KEYS:
            kept[key] = value if isinstance(value, int | float | bool | None) else str(value)[:MAX_VALUE_CHARACTERS]
    dropped = len(entry) - len(kept)
    if dropped:
        kept["dropped_keys"] = dropped
    return kept


class _CodeOnly(logging.Filter):
    """Library log lines keep level and logger name; their message only when it comes from code, not from data."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("uvicorn.access", "aiohttp.access")):
            return False
        if record.exc_info and record.exc_info[0] is not None:
            record.msg, record.args = f"{record.name} {record.exc_info[0].__name__}", ()
            record.exc_info = None
            record.exc_text = None
        elif record.args:
            record.msg, record.args = str(record.msg), ()
        return True


def configure_logs(service: str, *, level: str = "INFO") -> None:
    """JSON lines on standard error for our own entries; library lines without arguments or tracebacks' values."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        ),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_CodeOnly())
    handler.setFormatter(logging.Formatter('{"level": "%(levelname)s", "logger": "%(name)s", "event": "%(message)s"}'))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


def get_logger() -> structlog.stdlib.BoundLogger:
    """The logger of the house. Event names are snake_case constants; values are ids, codes and numbers."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger()
    return logger
