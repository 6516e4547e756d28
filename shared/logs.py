"""Structured logs that cannot carry personal data: only keys on the allow-list get through."""

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import FrameType
from typing import Any, TextIO, cast

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
        "where",
        "reason",
        "task",
        "queue",
        "count",
        "attempt",
        "event_type",
        "event_id",
        "tenant_id",
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

_OURS = ("services.", "shared.", "handrail.")
_OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "celery", "celery.task", "multiprocessing")


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


def where(error: BaseException) -> str:
    """The line of code an exception came from (`module:line`): what an operator needs, and never a value."""
    frames = [*traceback.walk_tb(error.__traceback__)]
    if not frames:
        return "unknown"
    ours = [(frame, line) for frame, line in frames if _module(frame).startswith(_OURS)]
    return " < ".join(f"{_module(frame)}:{line}" for frame, line in (*frames[-1:], *ours[::-1][:2]))


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "unknown"))


class _CodeOnly(logging.Filter):
    """Library log lines keep their constant text; arguments, exceptions' words and further lines may carry values."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("uvicorn.access", "aiohttp.access")):
            return False
        if record.exc_info and record.exc_info[0] is not None:
            error = record.exc_info[1]
            record.msg = f"{record.exc_info[0].__name__} at {where(error) if error else 'unknown'}"
        elif not isinstance(record.msg, str):
            record.msg = type(record.msg).__name__  # `logger.error(exception)`: its text is its words
        else:
            record.msg = (record.msg.splitlines() or [""])[0][:MAX_VALUE_CHARACTERS]
        record.args = ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


class _JsonLine(logging.Formatter):
    """The same shape as our own entries, whatever characters a library writes."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "service": self._service,
            "logger": record.name,
            "event": str(record.msg),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        return json.dumps(entry)


class _StandardError:
    """The standard error of the moment of configuring (Celery replaces it later), or the present one once that closed."""

    def __init__(self) -> None:
        self._first = sys.stderr

    def write(self, text: str) -> int:
        return self._open().write(text)

    def flush(self) -> None:
        self._open().flush()

    def _open(self) -> TextIO:
        return sys.stderr if self._first.closed else self._first


def configure_logs(service: str, *, level: str = "INFO") -> None:
    """JSON lines on standard error for our own entries; library lines without arguments or tracebacks' values."""

    def name_service(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        # A context variable would not do: what is bound while starting up is not seen by the tasks of requests.
        entry["service"] = service
        return entry

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_service,
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        ),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_CodeOnly())
    handler.setFormatter(_JsonLine(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in _OWN_HANDLERS:
        # These would print tracebacks, values included, past the filter.
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)


def get_logger() -> structlog.stdlib.BoundLogger:
    """The logger of the house. Event names are snake_case constants; values are ids, codes and numbers."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger()
    return logger
