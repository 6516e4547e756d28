"""A variable, or the file that stands for it; and what reads its addresses so."""

from pathlib import Path

import asyncpg
import pytest

from handrail.demo.api import NotRunning, addresses_of
from handrail.runtime import prepare_databases
from handrail.runtime.named_settings import setting
from handrail.runtime.prepare_databases import WrongAddressError
from handrail.runtime.service_databases import address
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service

NAME = "HANDRAIL_POSTGRES_URL"


def test_the_variable_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "address").write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "address"))
    assert setting(NAME) == "from the file"
    monkeypatch.setenv(NAME, "from the variable")
    assert setting(NAME) == "from the variable"


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError):
        setting(NAME)


def test_neither_is_an_error_that_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    with pytest.raises(KeyError, match="neither HANDRAIL_POSTGRES_URL nor HANDRAIL_POSTGRES_URL_FILE is set"):
        setting(NAME)


def name_addresses(monkeypatch: pytest.MonkeyPatch, postgres: str, *, owner: str, runtime: str) -> dict[str, str]:
    """The two addresses of a made-up service, with these passwords, as variables."""
    urls = {
        "HANDRAIL_CONTAINED_DATABASE_URL": address(
            postgres, role="handrail_contained", password=runtime, database="handrail_contained"
        ),
        "HANDRAIL_CONTAINED_MIGRATION_DATABASE_URL": address(
            postgres, role="handrail_contained_owner", password=owner, database="handrail_contained"
        ),
    }
    for name, url in urls.items():
        monkeypatch.setenv(name, url)
    return urls


async def test_databases_are_made_and_a_changed_password_is_carried_out(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        for round_ in ("first", "second"):
            urls = name_addresses(monkeypatch, postgres, owner=f"{round_}-owner", runtime=f"{round_}-runtime")
            await prepare_databases.prepare("contained", administrator_url=postgres)
            owner = await asyncpg.connect(urls["HANDRAIL_CONTAINED_MIGRATION_DATABASE_URL"])
            await owner.execute("CREATE TABLE IF NOT EXISTS thing (number int)")
            await owner.close()
            runtime = await asyncpg.connect(urls["HANDRAIL_CONTAINED_DATABASE_URL"])
            await runtime.execute("INSERT INTO thing VALUES (1)")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runtime.execute("DROP TABLE thing")
            await runtime.close()
    finally:
        administrator = await asyncpg.connect(postgres)
        await administrator.execute("DROP DATABASE IF EXISTS handrail_contained")
        await administrator.execute("DROP ROLE IF EXISTS handrail_contained, handrail_contained_owner")
        await administrator.close()


@pytest.mark.parametrize(
    ("owner", "runtime"),
    [
        ("postgresql://handrail_contained_owner:p@h/one", "postgresql://somebody:p@h/one"),
        ("postgresql://handrail_contained_owner@h/one", "postgresql://handrail_contained:p@h/one"),
        ("postgresql://handrail_contained_owner:p@h/one", "postgresql://handrail_contained:p@h/two"),
        ("postgresql://handrail_contained_owner:p@h/", "postgresql://handrail_contained:p@h/"),
    ],
)
async def test_addresses_that_are_not_the_services_own_are_refused(
    owner: str, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_CONTAINED_MIGRATION_DATABASE_URL", owner)
    monkeypatch.setenv("HANDRAIL_CONTAINED_DATABASE_URL", runtime)
    with pytest.raises(WrongAddressError):
        await prepare_databases.prepare("contained", administrator_url="postgresql://nobody@127.0.0.1:1/none")


def test_the_demo_takes_addresses_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "identity=http://i:1/ referrals=http://r:2 scope_guard=http://s:3 notifications=http://n:4"
    monkeypatch.setenv("HANDRAIL_DEMO_ADDRESSES", words)
    found = addresses_of(StateFolder(tmp_path))
    assert found[Service.IDENTITY] == "http://i:1"
    assert found[Service.NOTIFICATIONS] == "http://n:4"


def test_the_demo_says_which_address_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_DEMO_ADDRESSES", "identity=http://i:1")
    with pytest.raises(NotRunning, match="has no address for 'referrals'"):
        addresses_of(StateFolder(tmp_path))
