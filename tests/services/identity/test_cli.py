"""The operator's commands, run as they are run, against a real database."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from joserfc.jwk import RSAKey
from typer.testing import CliRunner

from services.identity.adapters.tables import accounts, signing_keys, system_clients
from services.identity.cli import PASSWORD_VARIABLE, commands
from shared.database import create_engine
from tests.fixtures.databases import ServiceDatabase, run_apart

BOOTSTRAP = ["bootstrap", "--tenant", "Northside", "--email", "Lead@northside.test"]
PASSWORD = "walk beside me"


@pytest.fixture
def database(identity_database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch) -> ServiceDatabase:
    for name, value in {
        "HANDRAIL_PROFILE": "demo",
        "HANDRAIL_IDENTITY_DATABASE_URL": identity_database.runtime_url,
        "HANDRAIL_IDENTITY_REDIS_URL": "redis://127.0.0.1:1/0",
        "HANDRAIL_IDENTITY_CURSOR_KEY": "c" * 32,
        "HANDRAIL_IDENTITY_KEY_SECRET": "k" * 32,
        "HANDRAIL_IDENTITY_PASSWORD_MEMORY_KIB": "1024",
        "HANDRAIL_IDENTITY_PASSWORD_TIME_COST": "1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    return identity_database


def run(*arguments: str, typed: str | None = None, code: int = 0) -> Any:
    """Run a command away from the tests' event loop; its JSON, or its error text where it fails."""
    result = run_apart(lambda: CliRunner().invoke(commands, list(arguments), input=typed))
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if code == 0 else result.output


async def rows(database: ServiceDatabase, statement: sa.Select[Any]) -> list[Any]:
    engine = create_engine(database.runtime_url, pool_size=1)
    try:
        async with engine.connect() as connection:
            return list(await connection.execute(statement))
    finally:
        await engine.dispose()


async def test_bootstrap_opens_a_tenant_once(database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(*BOOTSTRAP, "--password-stdin", typed=f"{PASSWORD}\n")
    assert set(first) == {"tenant_id", "account_id"}
    assert run(*BOOTSTRAP) == first
    monkeypatch.setenv(PASSWORD_VARIABLE, "quite another one")
    assert run(*BOOTSTRAP) == first
    ((email, password_hash),) = await rows(database, sa.select(accounts.c.email, accounts.c.password_hash))
    assert email == "lead@northside.test"
    assert password_hash.startswith("$argon2id$")


async def test_bootstrap_says_what_is_missing_and_never_repeats_it(database: ServiceDatabase) -> None:
    assert "needs a password" in run(*BOOTSTRAP, code=1)
    assert "swordfish" not in run(*BOOTSTRAP, "--password-stdin", typed="swordfish\n", code=2)
    assert "zq9x7" not in run("bootstrap", "--tenant", "Northside", "--email", "zq9x7", code=2)
    run("bootstrap", "--tenant", "  ", "--email", "lead@northside.test", code=2)
    assert await rows(database, sa.select(accounts)) == []


async def test_a_service_is_registered_and_given_another_key(database: ServiceDatabase, tmp_path: Path) -> None:
    file = tmp_path / "referrals.pem"
    for version in (1, 2):
        file.write_bytes(RSAKey.generate_key(2048).as_pem(private=False))
        for _ in range(2):
            answer = run("register-client", "referrals", "--public-key", str(file))
            assert answer == {"service": "referrals", "version": version}
    ((kept,),) = await rows(database, sa.select(system_clients.c.public_key))
    assert kept.encode() == file.read_bytes()
    file.write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    assert "PRIVATE" not in run("register-client", "referrals", "--public-key", str(file), code=1)
    run("register-client", "clinic", "--public-key", str(file), code=2)


async def test_keys_are_rotated_and_leftovers_purged(database: ServiceDatabase) -> None:
    first = run("rotate-keys")
    second = run("rotate-keys")
    assert second["key_id"] != first["key_id"]
    assert run("rotate-keys") == second
    assert len(await rows(database, sa.select(signing_keys))) == 2
    assert run("purge") == {"removed": 0}
