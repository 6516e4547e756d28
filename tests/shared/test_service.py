"""A real process under uvicorn: its frame holds over a real socket, and its log names nobody."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from shared.request_frame import MAX_BODY_BYTES
from tests.shared.conftest import until

ROOT = Path(__file__).parents[2]
SECRET = "Maria"


@dataclass
class Running:
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def entries(self) -> list[dict[str, Any]]:
        """Every line of the log; each must be JSON, of this service, without the secret word."""
        text = self.log.read_text(encoding="utf-8")
        assert SECRET not in text
        entries = [json.loads(line) for line in text.splitlines()]
        assert all(entry["service"] == "referrals" and entry["timestamp"] for entry in entries)
        return entries

    async def entry(self, **wanted: Any) -> dict[str, Any]:
        """Wait for a log entry with these members."""
        found: list[dict[str, Any]] = []

        def is_there() -> bool:
            found[:] = [entry for entry in self.entries() if wanted.items() <= entry.items()]
            return bool(found)

        await until(is_there)
        return found[-1]


@pytest.fixture
async def running(plumbing_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        log = tmp_path / "service.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(
                        sys.executable,
                        "-m",
                        "uvicorn",
                        "--factory",
                        "tests.shared.example_service:app_from_environment",
                    ),
                    *("--fd", str(listening.fileno()), "--no-access-log", "--log-level", "warning"),
                ],
                cwd=ROOT,
                env=os.environ
                | {
                    "HANDRAIL_PROFILE": "demo",
                    "HANDRAIL_EXAMPLE_PORT": "1",
                    "HANDRAIL_EXAMPLE_DATABASE_URL": plumbing_url,
                    "HANDRAIL_EXAMPLE_REDIS_URL": "redis://127.0.0.1:1/0",
                    "HANDRAIL_EXAMPLE_CURSOR_KEY": "example",
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[listening.fileno()],
            )
        running = Running(port=listening.getsockname()[1], process=process, log=log)
    async with aiohttp.ClientSession() as session, session.get(f"{running.url}/health/ready") as answer:
        assert await answer.json() == {"service": "referrals", "status": "ready", "checks": {"database": True}}
    yield running
    process.terminate()
    await asyncio.to_thread(process.wait)


async def exchange(running: Running, request: bytes) -> bytes:
    """What comes back for these raw bytes until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


HEAD = b"POST /things HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"


async def test_the_frame_holds_over_a_real_socket(running: Running, session: aiohttp.ClientSession) -> None:
    declared = await exchange(running, HEAD + f"Content-Length: {MAX_BODY_BYTES + 1}\r\n\r\n".encode())
    assert declared.startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    chunked = await exchange(running, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 17)
    assert chunked.startswith(b"HTTP/1.1 413")
    assert b"body_too_large" in declared
    assert b"body_too_large" in chunked

    async with session.post(
        f"{running.url}/things", data=b"[" * 100_000, headers={"content-type": "application/json"}
    ) as deep:
        assert deep.status == 400
    async with session.get(f"{running.url}/boom/%00") as nul:
        assert nul.status == 422
    async with session.get(f"{running.url}/boom/%ff?%ff") as mangled:
        assert mangled.status == 500
        assert (await mangled.json())["code"] == "internal_error"


async def test_a_caller_that_leaves_in_the_middle_is_noted_and_nothing_else(running: Running) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(HEAD + b'Content-Length: 100\r\n\r\n{"name":')
    await writer.drain()
    writer.close()
    await running.entry(event="request", status=499)
    assert {entry["level"] for entry in running.entries()} == {"info"}


async def test_the_log_tells_what_happened_and_names_nobody(running: Running, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{running.url}/things?who={SECRET}", json={"name": SECRET}) as made:
        assert made.status == 200
    request = await running.entry(event="request", status=200)
    assert (request["method"], request["route"]) == ("POST", "/things")
    assert request["request_id"] == made.headers["x-request-id"]
    noted = await running.entry(event="thing_made")
    assert (noted["request_id"], noted["count"], noted["dropped_keys"]) == (request["request_id"], 1, 1)

    async with session.post(f"{running.url}/things", json={"name": [SECRET], SECRET: 1}) as wrong:
        assert wrong.status == 422
    async with session.get(f"{running.url}/{SECRET}") as missing:
        assert missing.status == 404
    assert (await running.entry(status=404))["route"] == "none"

    async with session.get(f"{running.url}/boom/{SECRET}?who={SECRET}") as failed:
        assert failed.status == 500
    request = await running.entry(event="request", status=500)
    unforeseen = await running.entry(event="unforeseen_error")
    assert (unforeseen["error_type"], unforeseen["route"]) == ("LookupError", "/boom/{name}")
    assert unforeseen["request_id"] == request["request_id"]
    assert unforeseen["where"].startswith("tests.shared.example_service:")
    assert (await running.entry(logger="uvicorn.error"))["event"].startswith("LookupError at tests.shared.")


async def test_a_bell_without_a_broker_and_identity_without_an_answer_stop_nobody_from_starting(
    running: Running, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{running.url}/health/live") as answer:
        assert await answer.json() == {"service": "referrals", "status": "live"}
    assert not [entry for entry in running.entries() if entry.get("route", "").startswith("/health")]
