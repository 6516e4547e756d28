"""`handrail doctor`: looks at one state folder and the machine, and says plainly what is wrong and how to mend it."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg
from redis.exceptions import RedisError

from handrail.runtime import connection_budget, postgres, probes, stores, valkey
from handrail.runtime.overview import Overview, overview
from handrail.runtime.ports import is_free
from handrail.runtime.process_states import Standing, read_status
from handrail.runtime.processes import DEFAULT_WORKER_CHILDREN, Kind, taking_part
from handrail.runtime.state_folder import OtherVersionError, StateFolder
from handrail.runtime.state_lock import left_behind
from handrail.runtime.unprivileged import RootNotDroppedError, choose_identity
from handrail.runtime.waiting_work import waiting_everywhere

LITTLE_BYTES = 1024**3


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at: a short code, what was found, and what to do about it if it is wrong."""

    code: str
    is_wrong: bool
    found: str
    mend: str = ""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)

    def as_text(self) -> str:
        """For people."""
        mend = f"\n        to mend it: {self.mend}" if self.is_wrong and self.mend else ""
        return f"{'wrong' if self.is_wrong else 'fine':<6}  {self.found}{mend}"


def _fine(code: str, found: str) -> Finding:
    return Finding(code=code, is_wrong=False, found=found)


def _wrong(code: str, found: str, *, mend: str) -> Finding:
    return Finding(code=code, is_wrong=True, found=found, mend=mend)


def examine(state: StateFolder) -> list[Finding]:
    """Everything worth knowing, in a fixed order. Changes nothing."""
    running = overview(state)
    return [
        _version(state),
        _disk(state),
        _lock(state, running=running),
        _secrets(state),
        *_stores(state),
        *(_ports() if running.supervisor is None else _readiness(state, running=running)),
        _budget(),
    ]


def _version(state: StateFolder) -> Finding:
    try:
        state.check_version()
    except OtherVersionError as problem:
        found, _, mend = str(problem).partition(": ")
        return _wrong("other_version", found, mend=mend)
    return _fine("version", f"`{state.root}` fits this version" if state.root.exists() else f"`{state.root}` is new")


def _disk(state: StateFolder) -> Finding:
    place: Path = next(path for path in (state.root, *state.root.parents) if path.exists())
    free = shutil.disk_usage(place).free
    if free < LITTLE_BYTES:
        return _wrong(
            "disk_low",
            f"only {free // 1024**2} MiB are free where `{state.root}` is",
            mend="make room (1 GiB or more), or use a folder on another disk (--state)",
        )
    return _fine("disk", f"{free // 1024**3} GiB are free")


def _lock(state: StateFolder, *, running: Overview) -> Finding:
    if running.supervisor is not None:
        return _fine("lock", f"Handrail runs (process {running.supervisor})")
    if (gone := left_behind(state.lock_file)) is not None:
        return _wrong(
            "stale_lock",
            f"the last run (process {gone}) ended without stopping in order",
            mend=f"nothing is lost: `handrail up --state {state.root}` takes the folder over",
        )
    return _fine("lock", "nothing runs on this folder")


def _secrets(state: StateFolder) -> Finding:
    if opened := state.open_secrets():
        paths = " ".join(str(path) for path in opened)
        return _wrong("open_secrets", f"others may read {paths}", mend=f"chmod go= {paths}")
    return _fine("secrets", "secrets are readable by their owner only")


def _stores(state: StateFolder) -> Iterator[Finding]:
    postgres_url, redis_url = stores.given_postgres(), stores.given_redis()
    yield (
        _embedded_postgres(state)
        if postgres_url is None
        else _given(stores.POSTGRES_VARIABLE, postgres.is_ready, postgres_url)
    )
    yield _embedded_valkey() if redis_url is None else _given(stores.REDIS_VARIABLE, valkey.is_ready, redis_url)


def _given(variable: str, ask: Callable[[str], Coroutine[Any, Any, bool]], url: str) -> Finding:
    mend = f"see that the server runs and that the address in {variable} is right"
    try:
        answers = asyncio.run(ask(url))
    except (asyncpg.PostgresError, RedisError) as problem:  # it is there and refuses us
        return _wrong("given_store", f"the server of {variable} refuses: {type(problem).__name__}", mend=mend)
    if not answers:
        return _wrong("given_store", f"the server of {variable} does not answer", mend=mend)
    return _fine("given_store", f"the server of {variable} answers")


def _embedded_postgres(state: StateFolder) -> Finding:
    try:
        place = next(path for path in (state.postgres, *state.postgres.parents) if path.exists())
        choose_identity(programs=postgres.programs(), folder=place)
    except (RootNotDroppedError, postgres.PostgresProgramError) as problem:
        return _wrong("postgres", str(problem), mend=f"or give {stores.POSTGRES_VARIABLE}")
    return _fine("postgres", "the embedded PostgreSQL can run here")


def _embedded_valkey() -> Finding:
    try:
        valkey.program()
    except valkey.ValkeyMissingError as problem:
        return _wrong("valkey", str(problem), mend=f"or give {stores.REDIS_VARIABLE}")
    return _fine("valkey", "the embedded Valkey can run here")


def _ports() -> Iterator[Finding]:
    given = {Kind.POSTGRES: stores.given_postgres(), Kind.VALKEY: stores.given_redis()}
    taken = [
        row
        for row in taking_part(demo=True)
        if row.port is not None and given.get(row.kind) is None and not is_free(row.port)
    ]
    for row in taken:
        yield _wrong(
            "port_taken",
            f"port {row.port}, which {row.name} wants, is taken",
            mend=f"end what listens there (`ss -ltnp 'sport = :{row.port}'`); a start would take the next free port",
        )
    if not taken:
        yield _fine("ports", "all ports are free")


def _readiness(state: StateFolder, *, running: Overview) -> Iterator[Finding]:
    ports: dict[str, int] = (read_status(state.status_file) or {}).get("ports", {})
    for one in running.processes:
        name, port = one["name"], ports.get(one["name"])
        look = f"`handrail logs {name} --state {state.root}` shows why"
        if one["standing"] != Standing.READY:
            yield _wrong("not_ready", f"{name} is {one['standing']} (restarted {one['restarts']} times)", mend=look)
        elif name.endswith("-api") and port is not None and not asyncio.run(probes.http_is_ready(port)):
            checks = ", ".join(asyncio.run(probes.failing_checks(port))) or "no answer"
            yield _wrong("not_ready", f"{name} runs and is not ready ({checks})", mend=look)
        else:
            yield _fine("ready", f"{name} is ready")
    for waiting in waiting_everywhere(ports):
        if waiting.quarantined or waiting.is_late:
            yield _wrong("waiting", waiting.words, mend=waiting.advice)
        else:
            yield _fine("waiting", waiting.words)


def _budget() -> Finding:
    lines = connection_budget.budget(taking_part(demo=True), worker_children=DEFAULT_WORKER_CHILDREN)
    table = " + ".join(f"{line.name} {line.processes}x{line.pool}" for line in lines)
    words = f"PostgreSQL connections: {table} + administration {connection_budget.ADMINISTRATION}"
    words += f" = {connection_budget.needed(lines)} of {postgres.MAX_CONNECTIONS} in the embedded server"
    if connection_budget.needed(lines) > postgres.MAX_CONNECTIONS:
        return _wrong("connections", words, mend="start fewer workers (--workers)")
    return _fine("connections", words)
