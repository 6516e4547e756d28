"""What a container says of itself: well only when it is."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handrail import container_health
from handrail.runtime.ports import LOOPBACK, any_free


@pytest.fixture
async def answering(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The port of a server that says the same thing to everybody."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if request.param.startswith(b"HTTP"):
            await reader.readuntil(b"\r\n\r\n")  # closing with words unread would break the connection off
        writer.write(request.param)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, LOOPBACK, 0)
    async with server:
        yield str(server.sockets[0].getsockname()[1])


@pytest.mark.parametrize(
    ("answering", "code"),
    [(b"HTTP/1.1 200 OK\r\n\r\n{}", 0), (b"HTTP/1.1 503 Service Unavailable\r\n\r\n{}", 1), (b"", 1)],
    indirect=["answering"],
)
async def test_an_api_is_well_when_it_says_that_it_is_ready(answering: str, code: int) -> None:
    assert await asyncio.to_thread(container_health.main, ["api", answering]) == code


@pytest.mark.parametrize(("answering", "code"), [(b"220 localhost\r\n", 0), (b"554 no\r\n", 1)], indirect=["answering"])
async def test_the_mail_sink_is_well_when_it_greets(answering: str, code: int) -> None:
    assert await asyncio.to_thread(container_health.main, ["mail", answering]) == code


def test_nothing_that_listens_is_not_well() -> None:
    port = str(any_free())
    assert container_health.main(["api", port]) == 1
    assert container_health.main(["mail", port]) == 1


def test_a_beat_is_well_while_it_goes_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat = tmp_path / "beat.heartbeat"
    monkeypatch.setenv("HANDRAIL_BEAT_HEARTBEAT_FILE", str(heartbeat))
    assert container_health.main(["beat"]) == 1
    heartbeat.write_text("1\n", encoding="utf-8")
    assert container_health.main(["beat"]) == 0
    long_ago = time.time() - 2 * container_health.SILENT_SECONDS
    os.utime(heartbeat, (long_ago, long_ago))
    assert container_health.main(["beat"]) == 1


def test_a_worker_that_does_not_answer_is_not_well(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_health, "_PING_SECONDS", 0.2)
    monkeypatch.setenv("HANDRAIL_REFERRALS_REDIS_URL", valkey_url)
    assert container_health.main(["worker", "referrals"]) == 1


def test_a_worker_whose_broker_is_away_is_not_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDRAIL_REFERRALS_REDIS_URL", f"redis://{LOOPBACK}:{any_free()}/0")
    assert container_health.main(["worker", "referrals"]) == 1
    assert "the broker cannot be asked" in capsys.readouterr().err


@pytest.mark.parametrize(("colleague", "code"), [(False, 0), (True, 1)])
def test_only_this_containers_worker_counts(
    colleague: bool, code: int, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question goes to one node, named after the host, as the worker names itself with `-n SERVICE@%h`."""
    from celery.app.control import Control

    there = f"referrals@{'elsewhere' if colleague else socket.gethostname()}"

    def ping(control: Control, *, destination: list[str], **how: object) -> list[dict[str, object]]:
        return [{there: {"ok": "pong"}}] if there in destination else []

    monkeypatch.setattr(Control, "ping", ping)
    monkeypatch.setenv("HANDRAIL_REFERRALS_REDIS_URL", valkey_url)
    assert container_health.main(["worker", "referrals"]) == code
