"""The health check of a container, by what runs in it: exit code 0 when it is well.

    python -m handrail.container_health api 8401
    python -m handrail.container_health worker referrals
    python -m handrail.container_health beat
    python -m handrail.container_health mail 8425

Each imports no more than it needs, because it runs again and again beside the real work.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SILENT_SECONDS = 30.0
"""A beat writes its heartbeat every second; a broker that is away makes a round slower, not this slow."""

_PING_SECONDS = 10.0
"""Longer than a busy machine takes; the question ends with the first answer, so a worker that is well is not waited for."""


def api(port: str) -> bool:
    """Whether the service says of itself that it is ready."""
    from handrail.runtime.probes import http_is_ready

    return asyncio.run(http_is_ready(int(port)))


def mail(port: str) -> bool:
    """Whether the mail sink greets."""
    from handrail.runtime.probes import smtp_is_ready

    return asyncio.run(smtp_is_ready(int(port)))


def beat() -> bool:
    """Whether the beat in this container has gone round lately."""
    heartbeat = Path(os.environ["HANDRAIL_BEAT_HEARTBEAT_FILE"])
    return heartbeat.exists() and time.time() - heartbeat.stat().st_mtime < SILENT_SECONDS


def worker(queue: str) -> bool:
    """Whether this container's worker answers over the broker; a colleague's answer does not count."""
    from celery.exceptions import CeleryError
    from kombu.exceptions import KombuError
    from redis.exceptions import RedisError

    from handrail.runtime.named_settings import setting
    from shared.contracts.codes import Service
    from shared.task_queue import create_celery

    service = queue.partition(".")[0]
    application = create_celery(Service(service), redis_url=setting(f"HANDRAIL_{service.upper()}_REDIS_URL"))
    node = f"{queue}@{socket.gethostname()}"
    try:
        return bool(application.control.ping(destination=[node], timeout=_PING_SECONDS, limit=1))
    except (CeleryError, KombuError, RedisError, OSError) as error:
        sys.stderr.write(f"the broker cannot be asked: {type(error).__name__}\n")
        return False


CHECKS: Mapping[str, Callable[..., bool]] = {"api": api, "worker": worker, "beat": beat, "mail": mail}


def main(arguments: Sequence[str]) -> int:
    """0 when well, 1 when not; a wrong call is an error with a traceback."""
    name, *rest = arguments
    return 0 if CHECKS[name](*rest) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
