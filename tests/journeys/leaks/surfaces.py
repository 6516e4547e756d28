"""Every surface of a running Handrail that words could reach, each with its reader."""

import asyncio
import mailbox
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import psutil
import redis

from handrail.runtime.processes import with_database
from shared.contracts.codes import Service
from tests.fixtures.processes import without_own_settings
from tests.journeys.leaks.canaries import MAIL_DOMAIN, POSIX_PATTERN, SEARCHED, Leak, leaks_in
from tests.journeys.leaks.outside import HOOK, MESSAGES
from tests.journeys.leaks.resting import MAY_REST
from tests.journeys.leaks.surroundings import Surroundings

_ADDRESSED = ("to", "x-handrail-envelope-to", "delivered-to")
_ALREADY_SEARCHED = ("postgres", "secrets", "mail")


async def in_files(around: Surroundings) -> list[Leak]:
    """Logs of all processes (PostgreSQL's and Valkey's too), Valkey's append-only file, status and heartbeat files."""
    found = []
    for path in sorted(around.state.root.rglob("*")):
        inside = path.relative_to(around.state.root)
        if (
            inside.parts[0] in _ALREADY_SEARCHED
            or inside.name in ("demo.json", "first_start.txt")
            or not path.is_file()
        ):
            continue
        leaks = leaks_in(path.read_bytes().decode("utf-8", "replace"), surface="files", place=str(inside))
        # The demo's first start prints who may sign in: the addresses of people who do not exist.
        found += [leak for leak in leaks if (inside.name, leak.word) != ("supervisor.log", MAIL_DOMAIN)]
    for path in sorted((around.state.postgres).rglob("*.log")):
        found += leaks_in(path.read_text("utf-8", "replace"), surface="files", place=path.name)
    return found


async def in_valkey(around: Surroundings) -> list[Leak]:
    """Every key with its value: queued tasks, their arguments, whatever is left over."""
    client = redis.Redis.from_url(around.valkey_url)
    found = []
    for key in client.scan_iter(count=1000):
        found += leaks_in(f"{key!r} {_value(client, key)!r}", surface="valkey", place=repr(key))
    client.close()
    return found


def _value(client: Any, key: bytes) -> object:
    match client.type(key):
        case b"string":
            return client.get(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"set":
            return client.smembers(key)
        case b"zset":
            return client.zrange(key, 0, -1, withscores=True)
        case b"hash":
            return client.hgetall(key)
        case _:
            return None


async def in_valkey_traffic(around: Surroundings) -> list[Leak]:
    """Everything that was said to Valkey meanwhile: Celery messages, bells, hints."""
    return [
        leak for words in list(around.heard) for leak in leaks_in(words, surface="valkey traffic", place=words[:60])
    ]


async def in_databases(around: Surroundings) -> list[Leak]:
    """Every column of every table, but those in which words are at home (`resting.py`)."""
    found = []
    for database in around.databases:
        connection = await asyncpg.connect(around.database_url(database))
        try:
            for table, columns in (await _columns(connection)).items():
                asked = ", ".join(f'{_words_in(*one)} AS "{one[0]}"' for one in columns)
                row = await connection.fetchrow(f'SELECT {asked} FROM "{table}"', POSIX_PATTERN)
                SEARCHED["databases"] += len(columns)  # each of them in all its rows, by PostgreSQL
                for column, words in (row or {}).items():
                    place = f"{database.removeprefix('handrail_')}.{table}.{column}"
                    if words is not None and place not in MAY_REST:
                        found += leaks_in(words, surface="databases", place=place)
        finally:
            await connection.close()
    return found


async def _columns(connection: asyncpg.Connection) -> dict[str, list[tuple[str, str]]]:
    rows = await connection.fetch(
        """SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c
        JOIN information_schema.tables AS t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
          AND c.data_type NOT IN ('uuid', 'integer', 'smallint', 'bigint', 'boolean', 'timestamp with time zone')"""
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row["table_name"], []).append((row["column_name"], row["data_type"]))
    return found


def _words_in(column: str, data_type: str) -> str:
    text = f"encode(\"{column}\", 'escape')" if data_type == "bytea" else f'"{column}"::text'
    return f"string_agg(DISTINCT (regexp_match({text}, $1, 'i'))[1], ' ')"


async def in_statements(around: Surroundings) -> list[Leak]:
    """What PostgreSQL shows any administrator of the statements of every connection."""
    connection = await asyncpg.connect(around.database_url("postgres"))
    try:
        rows = await connection.fetch(
            "SELECT application_name, query FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
    return [
        leak
        for row in rows
        for leak in leaks_in(f"{row['application_name']} {row['query']}", surface="statements", place=row["query"][:60])
    ]


async def in_mail(around: Surroundings) -> list[Leak]:
    """Every header and body that left by SMTP; only the headers that name the recipient may hold his own address."""
    found = []
    for key, message in mailbox.Maildir(around.state.mail, create=False).items():
        bodies = [
            payload.decode("utf-8", "replace")
            for part in message.walk()
            if isinstance(payload := part.get_payload(decode=True), bytes)
        ]
        headers = [f"{name}: {value}" for name, value in message.items() if name.lower() not in _ADDRESSED]
        found += leaks_in("\n".join([*headers, *bodies]), surface="mail", place=key)
    return found


async def in_texts(around: Surroundings) -> list[Leak]:
    """What the provider of texts was handed: headers and form, all but the number itself."""
    return _received(around, MESSAGES, surface="texts")


async def in_webhooks(around: Surroundings) -> list[Leak]:
    """What another system was told: headers and body of every call."""
    return _received(around, HOOK, surface="webhooks")


def _received(around: Surroundings, path: str, *, surface: str) -> list[Leak]:
    return [leak for one in around.outside.at(path) for leak in leaks_in(one.words(), surface=surface, place=path)]


async def in_answers(around: Surroundings) -> list[Leak]:
    """Bodies and headers of every problem that any service answered."""
    return [leak for call, text in around.answers for leak in leaks_in(text, surface="problem answers", place=call)]


async def in_stream(around: Surroundings) -> list[Leak]:
    """The console's live stream."""
    return leaks_in("".join(around.streamed), surface="live stream", place="/inbox/stream")


async def in_pages(around: Surroundings) -> list[Leak]:
    """What of the console's pages is seen by others than their reader: headers, addresses, and pages that say no."""
    return [leak for template, text in around.pages for leak in leaks_in(text, surface="pages", place=template)]


async def in_processes(around: Surroundings) -> list[Leak]:
    """Command lines, which every user of the machine can read."""
    return _in_command_lines(around.processes())


def _in_command_lines(processes: Iterable[psutil.Process]) -> list[Leak]:
    found = []
    for process in processes:
        try:
            found += leaks_in(" ".join(process.cmdline()), surface="command lines", place=process.name())
        except psutil.NoSuchProcess:
            continue  # a worker's child that has just ended
    return found


async def in_metrics(around: Surroundings) -> list[Leak]:
    """What a monitoring system reads of every service."""
    found = []
    async with aiohttp.ClientSession() as session:
        for service in (*with_database(), Service.CONSOLE):
            async with session.get(f"http://{around.address(f'{service.value}-api')}/metrics") as answer:
                answer.raise_for_status()
                found += leaks_in(await answer.text(), surface="metrics", place=service.value)
    return found


async def in_operator_output(around: Surroundings) -> list[Leak]:
    """What an operator's commands print."""

    async def printed(*words: str) -> list[Leak]:
        done = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "handrail", *words),
            env={**_environment(), "HANDRAIL_STATE": str(around.state.root)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=around.state.root,
        )
        output, _ = await done.communicate()
        return leaks_in(output.decode(), surface="operator output", place=" ".join(words))

    state = ("--state", str(around.state.root))
    commands = (
        ("status", "--json", *state),
        ("doctor", "--json", *state),
        ("referrals", "invariants"),
        ("notifications", "quarantine"),
    )
    return [leak for found in await asyncio.gather(*(printed(*one) for one in commands)) for leak in found]


def _environment() -> dict[str, str]:
    root = str(Path(__file__).parents[3])
    return without_own_settings() | {"PYTHONPATH": root}


Reader = Callable[[Surroundings], Awaitable[list[Leak]]]

SURFACES: dict[str, tuple[str, Reader]] = {
    "files": ("logs of every process (PostgreSQL and Valkey too), Valkey's append-only file, status files", in_files),
    "valkey": ("every key with its value: queued tasks and their arguments", in_valkey),
    "valkey traffic": ("every command meanwhile: Celery messages, bells, hints", in_valkey_traffic),
    "databases": ("every column of every table: outboxes, inboxes, deliveries, webhook calls, decisions", in_databases),
    "statements": ("what `pg_stat_activity` shows of every connection", in_statements),
    "mail": ("headers, subjects and bodies of everything sent", in_mail),
    "texts": ("what the provider of texts receives: headers and forms, but the number it goes to", in_texts),
    "webhooks": ("what another system receives of every fact it may hear: headers and bodies", in_webhooks),
    "problem answers": ("bodies and headers of every 4xx and 5xx", in_answers),
    "live stream": ("the console's server-sent events", in_stream),
    "pages": ("of every page its headers and the addresses in it; all of a page that says no", in_pages),
    "command lines": ("arguments of every process", in_processes),
    "metrics": ("`GET /metrics` of every service: names, labels, values", in_metrics),
    "operator output": (
        "`handrail status`, `doctor`, `referrals invariants`, `notifications quarantine`",
        in_operator_output,
    ),
}
"""What is searched, in the words of docs/leaks.md, and by what."""


async def leaks_on(names: Iterable[str], around: Surroundings) -> list[Leak]:
    """Everything found on these surfaces."""
    return sorted({leak for name in names for leak in await SURFACES[name][1](around)})
