"""The process table and what is derived from it: ports, connection budget, settings."""

import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from handrail.runtime import connection_budget, ports
from handrail.runtime.connection_budget import BudgetLine, TooManyConnectionsError
from handrail.runtime.ports import PortClaims
from handrail.runtime.processes import SERVICES_WITH_DATABASE, TABLE, Kind, taking_part
from handrail.runtime.service_databases import ServiceDatabase
from handrail.runtime.service_environment import Addresses, process_environment, service_environment
from handrail.runtime.start_up import choose_ports
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service

WANTED_PORTS = {
    "console-api": 8400,
    "referrals-api": 8401,
    "scope_guard-api": 8402,
    "notifications-api": 8403,
    "identity-api": 8404,
    "postgres": 8432,
    "valkey": 8479,
    "mail": 8425,
}


def test_the_wanted_ports_are_those_of_the_contract() -> None:
    assert {row.name: row.port for row in TABLE if row.port is not None} == WANTED_PORTS


def test_production_has_no_mail_sink() -> None:
    assert {row.name for row in taking_part(demo=True)} - {row.name for row in taking_part(demo=False)} == {"mail"}


@pytest.fixture
def claims() -> Iterator[PortClaims]:
    """Claims that no system running beside the tests knows of."""
    made = PortClaims(name=f"test-{uuid4()}")
    yield made
    made.close()


def test_a_taken_port_moves_up(claims: PortClaims) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        taken = held.getsockname()[1]
        found = claims.first_free(taken)
        assert found > taken
        assert claims.first_free(taken, taken=frozenset({found})) > found


def test_two_that_start_at_once_choose_different_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: True)  # neither listens yet
    name = f"test-{uuid4()}"
    first, second = PortClaims(name=name), PortClaims(name=name)
    assert (first.first_free(8400), second.first_free(8400)) == (8400, 8401)
    first.close()
    third = PortClaims(name=name)
    assert third.first_free(8400) == 8400
    second.close()
    third.close()


def test_every_move_is_said_and_no_port_is_given_twice(monkeypatch: pytest.MonkeyPatch, claims: PortClaims) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port != 8402)
    said: list[str] = []
    chosen = choose_ports(TABLE, claims=claims, say=said.append)
    assert chosen == WANTED_PORTS | {"scope_guard-api": 8406}
    assert said == ["port 8402 is taken: scope_guard-api listens on 8406"]


def test_a_given_store_needs_no_port(monkeypatch: pytest.MonkeyPatch, claims: PortClaims) -> None:
    monkeypatch.setenv("HANDRAIL_POSTGRES_URL", "postgresql://someone@db.example/postgres")
    monkeypatch.setenv("HANDRAIL_REDIS_URL", "redis://cache.example/0")
    chosen = choose_ports(TABLE, claims=claims, say=lambda _: None)
    assert {"postgres", "valkey"}.isdisjoint(chosen)


def test_the_budget_is_processes_times_pool() -> None:
    rows = [row for row in TABLE if row.name in ("referrals-api", "referrals-worker", "beat")]
    lines = connection_budget.budget(rows, worker_children=4)
    assert lines == (
        BudgetLine(name="referrals-api", processes=1, pool=8),
        BudgetLine(name="referrals-worker", processes=4, pool=3),
    )
    assert connection_budget.needed(lines) == 8 + 12 + 10
    connection_budget.check(lines, available=30)
    with pytest.raises(TooManyConnectionsError, match="may open 30 PostgreSQL connections, the server gives 29"):
        connection_budget.check(lines, available=29)


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path)
    made.ensure()
    return made


@pytest.fixture
def addresses() -> Addresses:
    databases = {
        service: ServiceDatabase(owner_url=f"postgresql://owner-of-{service}", runtime_url=f"postgresql://{service}")
        for service in SERVICES_WITH_DATABASE
    }
    return Addresses(ports=WANTED_PORTS, databases=databases, redis_url="redis://broker")


def test_a_service_knows_its_neighbours_and_its_own_secrets(state: StateFolder, addresses: Addresses) -> None:
    referrals = service_environment(Service.REFERRALS, state=state, addresses=addresses)
    assert referrals["HANDRAIL_REFERRALS_SCOPE_GUARD_URL"] == "http://127.0.0.1:8402"
    assert referrals["HANDRAIL_REFERRALS_NOTIFICATIONS_URL"] == "http://127.0.0.1:8403"
    assert referrals["HANDRAIL_REFERRALS_TOKEN_ISSUER"] == "http://127.0.0.1:8404"
    notifications = service_environment(Service.NOTIFICATIONS, state=state, addresses=addresses)
    assert notifications["HANDRAIL_NOTIFICATIONS_SMTP_PORT"] == "8425"
    assert referrals["HANDRAIL_REFERRALS_CURSOR_KEY"] != notifications["HANDRAIL_NOTIFICATIONS_CURSOR_KEY"]


@pytest.mark.parametrize("row", [row for row in TABLE if row.kind in (Kind.API, Kind.WORKER)], ids=lambda row: row.name)
def test_a_process_learns_nothing_of_others(
    row: object, state: StateFolder, addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_TOKEN", "of the operator")
    monkeypatch.setenv("HANDRAIL_POSTGRES_URL", "postgresql://administrator")
    own = next(one for one in TABLE if one is row)
    assert own.service is not None
    environment = process_environment(own, profile="demo", state=state, addresses=addresses)
    prefix = f"HANDRAIL_{own.service.value.upper()}_"
    assert {name for name in environment if name.startswith("HANDRAIL_") and not name.startswith(prefix)} == {
        "HANDRAIL_PROFILE"
    }
    assert "SOME_TOKEN" not in environment
    assert not any("owner-of" in value for value in environment.values())


def test_the_console_has_no_database_and_learns_where_hints_come_from(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.ensure()
    addresses = Addresses(ports={"identity-api": 9004}, databases={}, redis_url="redis://hints.example/0")
    given = service_environment(Service.CONSOLE, state=state, addresses=addresses)
    assert given["HANDRAIL_CONSOLE_LIVE_HINTS_URL"] == "redis://hints.example/0"
    assert given["HANDRAIL_CONSOLE_IDENTITY_URL"] == "http://127.0.0.1:9004"
    assert len(given["HANDRAIL_CONSOLE_COOKIE_KEY"]) >= 32
    assert not [name for name in given if "DATABASE" in name or "CURSOR" in name]
