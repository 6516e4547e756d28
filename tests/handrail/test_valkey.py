"""A real embedded Valkey."""

import redis

from handrail.runtime import valkey
from tests.fixtures.brokers import PrivateValkey


def test_it_keeps_what_was_written_over_a_stop(private_valkey: PrivateValkey) -> None:
    with redis.Redis.from_url(private_valkey.url) as client:
        client.set("bell", "rung")
        assert client.config_get("appendonly", "maxmemory-policy") == {
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
        }
        private_valkey.running[-1].terminate()
        assert private_valkey.running.pop().wait(10) == 0
    private_valkey.start()
    with redis.Redis.from_url(private_valkey.url) as client:
        assert client.get("bell") == b"rung"


def test_its_configuration_is_private(private_valkey: PrivateValkey) -> None:
    assert (private_valkey.server.folder / "valkey.conf").stat().st_mode & 0o777 == 0o600


async def test_one_that_is_away_is_not_ready(private_valkey: PrivateValkey) -> None:
    assert await valkey.is_ready(private_valkey.url)
    private_valkey.kill()
    assert not await valkey.is_ready(private_valkey.url)
