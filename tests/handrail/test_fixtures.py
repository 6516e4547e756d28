"""The servers that all other tests stand on."""

import json
import subprocess
import sys
from pathlib import Path

import aiosmtplib
import asyncpg
import pytest
import redis

from handrail.runtime.spawning import PROJECT_ROOT
from tests.fixtures.databases import Clone
from tests.fixtures.keeper import READY
from tests.fixtures.mail import SmtpServer
from tests.handrail.waiting import lives, until


async def test_postgres_speaks_utf8_without_icu(postgres: str) -> None:
    connection = await asyncpg.connect(postgres)
    row = await connection.fetchrow(
        "SELECT datlocprovider::text AS provider, datlocale AS locale, pg_encoding_to_char(encoding) AS encoding"
        " FROM pg_database WHERE datname = current_database()"
    )
    await connection.close()
    assert dict(row) == {"provider": "b", "locale": "C.UTF-8", "encoding": "UTF8"}


def test_a_service_without_migrations_is_named(cloned_database: Clone) -> None:
    with pytest.raises(RuntimeError, match="`nowhere` has no migrations"):
        cloned_database("nowhere")


def test_valkey_is_emptied_and_refuses_strangers(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")
    address = "redis://:wrong@" + valkey_url.rpartition("@")[2]
    with redis.Redis.from_url(address) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


async def _send(server: SmtpServer) -> None:
    await aiosmtplib.send(
        "Subject: hello\r\n\r\nbody\r\n", sender="a@example.org", recipients=["b@example.org"], hostname=server.host,
        port=server.port, start_tls=False,
    )  # fmt: skip


async def test_mail_arrives(smtp_server: SmtpServer) -> None:
    await _send(smtp_server)
    (received,) = smtp_server.wait_for(1)
    assert (received.recipients, received.message["subject"]) == (("b@example.org",), "hello")


async def test_mail_is_refused_when_asked(smtp_server: SmtpServer) -> None:
    smtp_server.fail_with(451)
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await _send(smtp_server)
    assert (refused.value.code, smtp_server.messages) == (451, [])


_USER = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from tests.fixtures.shared_server import shared_server\n"
    "with shared_server(sys.argv[1], run=Path(sys.argv[2])) as url:\n"
    "    print(url, flush=True)\n"
    "    time.sleep(600)\n"
)


def _user(kind: str, run: Path) -> "tuple[subprocess.Popen[str], str]":
    """A test process that uses the run's server, and the address it was given."""
    process = subprocess.Popen(
        [sys.executable, "-c", _USER, kind, str(run)], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


@pytest.mark.parametrize("kind", ["postgres", "valkey"])
def test_a_server_serves_all_and_ends_with_the_last_even_when_killed(kind: str, tmp_path: Path) -> None:
    first, first_url = _user(kind, tmp_path)
    second, second_url = _user(kind, tmp_path)
    ready = tmp_path / kind / READY
    server = json.loads(ready.read_text())["pid"]
    assert first_url == second_url != ""
    for user in (first, second):
        assert lives(server)
        user.kill()
        user.wait()
        assert user.stdout is not None
        user.stdout.close()
    until(lambda: not lives(server), what="the server ends with its last user")
    until(lambda: not (tmp_path / kind / "data").exists(), what="its files are removed")
