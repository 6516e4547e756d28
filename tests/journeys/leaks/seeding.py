"""Leaks made on purpose, one on each surface: the search that does not find them proves nothing."""

import asyncio
import base64
import mailbox
import subprocess
import sys
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from uuid import uuid4

import aiohttp
import asyncpg
import psutil
import redis

from tests.journeys.leaks.outside import HOOK, MESSAGES
from tests.journeys.leaks.surroundings import Surroundings


async def seed(name: str, around: Surroundings, *, word: str) -> Callable[[], Awaitable[None]]:
    """Put a word where a reader should find it; what is given back takes it away again."""
    match name:
        case "files":
            path = around.state.logs / "seeded.log"
            path.write_text(f'{{"event": "request", "path": "/people?name={word}"}}\n', encoding="utf-8")
            return _later(path.unlink)
        case "valkey" | "valkey traffic":
            client = redis.Redis.from_url(around.valkey_url)
            client.set("seeded", base64.b64encode(f'[[], {{"name": "{word}"}}]'.encode()))
            while name == "valkey traffic" and not any("seeded" in one for one in list(around.heard)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

            def forget() -> None:
                client.delete("seeded")
                around.heard.clear()

            return _later(forget)
        case "databases":
            return await _seeded_table(around, word=word)
        case "statements":
            connection = await asyncpg.connect(around.database_url("postgres"))
            await connection.execute(f"SELECT 1 /* {word} */")
            return connection.close  # type: ignore[no-any-return]
        case "mail":
            message = EmailMessage()
            message["To"], message["Subject"] = f"someone@{word}.example", f"About {word}"
            message.set_content("Sign in to see it.", cte="base64")
            box = mailbox.Maildir(around.state.mail, create=False)
            key = box.add(message)
            return _later(lambda: box.remove(key))
        case "texts":
            return await _sent_outside(around, MESSAGES, {"To": "+12125550143", "Body": f"{word} waits for you"})
        case "webhooks":
            return await _sent_outside(around, HOOK, {"data": f"about {word}"})
        case "problem answers":
            around.answers.append(("seeded", f'{{"detail": "no such person: {word}"}}'))
            return _later(around.answers.pop)
        case "live stream":
            around.streamed.append(f"event: inbox-changed\ndata: {word}\n\n")
            return _later(around.streamed.pop)
        case "pages":
            around.pages.append(("seeded", f'<a href="/people?name={word}">'))
            return _later(around.pages.pop)
        case "command lines":
            return await _seeded_process(around, word=word)
        case "metrics":
            return await _seeded_metrics(around, word=word)
        case "operator output":
            return await _seeded_quarantine(around, word=word)
        case _:
            raise ValueError(name)


def _later(undo: Callable[[], object]) -> Callable[[], Awaitable[None]]:
    async def do() -> None:
        undo()

    return do


async def _sent_outside(around: Surroundings, path: str, form: dict[str, str]) -> Callable[[], Awaitable[None]]:
    async with aiohttp.ClientSession() as session, session.post(around.outside.url(path), data=form) as answer:
        answer.raise_for_status()
    return _later(around.outside.received.pop)


async def _seeded_table(around: Surroundings, *, word: str) -> Callable[[], Awaitable[None]]:
    connection = await asyncpg.connect(around.database_url(around.databases[0]))
    await connection.execute("CREATE TABLE seeded (payload jsonb)")
    await connection.execute("INSERT INTO seeded VALUES (jsonb_build_object('note', $1::text))", word)

    async def undo() -> None:
        await connection.execute("DROP TABLE seeded")
        await connection.close()

    return undo


async def _seeded_process(around: Surroundings, *, word: str) -> Callable[[], Awaitable[None]]:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()", word], stdin=subprocess.PIPE)
    known = around.processes
    around.processes = lambda: [*known(), psutil.Process(child.pid)]  # type: ignore[method-assign]

    def undo() -> None:
        around.processes = known  # type: ignore[method-assign]
        child.communicate(timeout=10)

    return _later(undo)


async def _seeded_quarantine(around: Surroundings, *, word: str) -> Callable[[], Awaitable[None]]:
    connection = await asyncpg.connect(around.database_url("handrail_notifications"))
    event_id = uuid4()
    await connection.execute(
        """INSERT INTO event_inbox (tenant_id, event_id, type, payload, received_at, available_at, state, last_error)
        VALUES ($1, $1, 'task.assigned', '{}', now(), now(), 'quarantined', $2)""",
        event_id,
        word,
    )

    async def undo() -> None:
        await connection.execute("DELETE FROM event_inbox WHERE event_id = $1", event_id)
        await connection.close()

    return undo


async def _seeded_metrics(around: Surroundings, *, word: str) -> Callable[[], Awaitable[None]]:
    """A state that nobody foresaw becomes a label: exactly what a label must never be made of."""
    connection = await asyncpg.connect(around.database_url("handrail_notifications"))
    await connection.execute(
        """INSERT INTO provider_gates (channel, tokens, refilled_at, failures, successes, openings)
        VALUES ($1, 0, now(), 0, 0, 0)""",
        word,
    )

    async def undo() -> None:
        await connection.execute("DELETE FROM provider_gates WHERE channel = $1", word)
        await connection.close()

    return undo
