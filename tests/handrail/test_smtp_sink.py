"""The demo's mail server, as a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiosmtplib
import pytest

from handrail.runtime import probes
from handrail.runtime.ports import any_free
from handrail.runtime.processes import TABLE, Kind
from handrail.runtime.spawning import Command, spawn_watched
from handrail.smtp_sink import messages


@pytest.fixture
async def sink_port(tmp_path: Path) -> AsyncIterator[int]:
    port = any_free()
    (row,) = (row for row in TABLE if row.kind is Kind.MAIL)
    arguments = (part.replace("{port}", str(port)) for part in row.arguments)
    command = Command(
        name="mail", argv=(sys.executable, *arguments), environment={"HANDRAIL_MAIL_FOLDER": str(tmp_path / "mail")}
    )
    process = await spawn_watched(command, output=None)
    while not await probes.smtp_is_ready(port):
        assert process.returncode is None
    yield port
    process.terminate()
    assert await process.wait() == 0


async def test_mail_is_kept_and_can_be_read_back(sink_port: int, tmp_path: Path) -> None:
    for name in ("rowan", "alder"):
        await aiosmtplib.send(
            f"Subject: For {name}\r\n\r\nYou have 1 new handoff. Sign in to see it.\r\n",
            sender="no-reply@handrail.example",
            recipients=[f"{name}@example.org", "copy@example.org"],
            hostname="127.0.0.1",
            port=sink_port,
            start_tls=False,
        )
    kept = await asyncio.to_thread(lambda: list(messages(tmp_path / "mail")))
    assert {(one.recipients, one.subject) for one in kept} == {
        (("rowan@example.org", "copy@example.org"), "For rowan"),
        (("alder@example.org", "copy@example.org"), "For alder"),
    }
    assert {one.sender for one in kept} == {"no-reply@handrail.example"}
    assert {one.text.strip() for one in kept} == {"You have 1 new handoff. Sign in to see it."}
