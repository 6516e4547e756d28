"""The servers that all other tests stand on."""

import aiosmtplib
import asyncpg
import pytest
import redis

from tests.fixtures.databases import Clone
from tests.fixtures.mail import SmtpServer


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
