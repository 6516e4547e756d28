"""Compose and the local supervisor tell the same story: who runs, with which command, settings, ports and pools."""

import re
from pathlib import Path

import pytest

from handrail.runtime import connection_budget
from handrail.runtime.processes import DEFAULT_WORKER_CHILDREN, SERVICES_WITH_DATABASE, TABLE, Kind
from handrail.runtime.service_databases import ServiceDatabase
from handrail.runtime.service_environment import Addresses, base_environment, process_environment
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service
from tests.compose.reading import ONCE, ROOT, compose, environment, our_rows, rows, services

ONLY_IN_CONTAINERS = {
    "SMTP_TLS",
    "SMTP_USERNAME",
    "SMTP_PASSWORD",
    "SMS_URL",
    "SMS_SENDER",
    "SMS_USERNAME",
    "SMS_PASSWORD",
    "SMS_TOKEN",
    "SMS_CALLBACK_URL",
    "SMS_CALLBACK_SECRET",
    "TRUSTED_PROXIES",
}
"""Settings of a mail server, a provider of texts and proxies of one's own; the supervisor passes them on when the operator has set them."""


def local_environment(name: str, *, folder: Path) -> dict[str, str]:
    """What the supervisor would give this process, without what every process inherits."""
    url = ServiceDatabase(owner_url="postgresql://owner", runtime_url="postgresql://runtime")
    addresses = Addresses(
        ports={row.name: row.port for row in TABLE if row.port is not None},
        databases=dict.fromkeys(SERVICES_WITH_DATABASE, url),
        redis_url="redis://somewhere",
    )
    row = our_rows()[name]
    given = process_environment(row, profile="demo", state=StateFolder(folder), addresses=addresses)
    inherited = base_environment(profile="demo").keys() - {"HANDRAIL_PROFILE"}
    return {key: value for key, value in given.items() if key not in inherited}


def setting_names(names: set[str], *, known: set[str]) -> set[str]:
    """`NAME_FILE` stands for NAME, unless the setting itself is called so."""
    return {name.removesuffix("_FILE") if name not in known else name for name in names}


def test_every_process_has_its_container_and_no_other_is_there() -> None:
    assert services().keys() - ONCE == rows().keys(), (
        "a process of handrail/runtime/processes.py has no container, or the other way round: "
        "change docker-compose.yml and compose/make-secrets with it"
    )


@pytest.mark.parametrize("name", our_rows())
def test_the_command_is_that_of_the_table(name: str) -> None:
    row = our_rows()[name]
    values = {"{port}": str(row.port), "{children}": "${HANDRAIL_WORKER_CHILDREN:-2}", "127.0.0.1": "0.0.0.0"}
    expected = ["python", *(values.get(part, part) for part in row.arguments)]
    if row.kind is Kind.MAIL:
        expected += ["--host", "0.0.0.0"]
    assert services()[name]["command"] == expected
    assert DEFAULT_WORKER_CHILDREN == 2


@pytest.mark.parametrize("name", [name for name, row in our_rows().items() if row.service is not None])
def test_the_settings_are_those_the_supervisor_gives(name: str, tmp_path: Path) -> None:
    prefix = f"HANDRAIL_{our_rows()[name].service}_".upper()
    local = set(local_environment(name, folder=tmp_path))
    here = setting_names(set(environment(name)), known=local)
    allowed = {prefix + setting for setting in ONLY_IN_CONTAINERS}
    assert local <= here
    assert here - local <= allowed


def test_beat_and_mail_have_the_settings_the_supervisor_gives(tmp_path: Path) -> None:
    for name in ("beat", "mail"):
        local = set(local_environment(name, folder=tmp_path))
        assert setting_names(set(environment(name)), known=local) == local


@pytest.mark.parametrize("name", [name for name, row in our_rows().items() if row.service is not None])
def test_neighbours_are_where_their_containers_listen(name: str) -> None:
    ports = {row.service: row.port for row in our_rows().values() if row.kind is Kind.API}
    prefix = f"HANDRAIL_{our_rows()[name].service}_".upper()
    addresses = {key: value for key, value in environment(name).items() if value.startswith("http://")}
    assert len(addresses) >= 2
    for key, value in addresses.items():
        neighbour = key.removeprefix(prefix).removesuffix("_URL").replace("TOKEN_ISSUER", "IDENTITY").lower()
        assert value == f"http://{neighbour.replace('_', '-')}-api:{ports[Service(neighbour)]}"


@pytest.mark.parametrize("name", [name for name, row in our_rows().items() if row.kind is Kind.API])
def test_an_api_listens_where_its_health_is_asked(name: str) -> None:
    port = str(our_rows()[name].port)
    assert environment(name)[f"HANDRAIL_{our_rows()[name].service}_PORT".upper()] == port
    assert services()[name]["healthcheck"]["test"][-2:] == ["api", port]


def test_pools_are_those_of_the_budget_and_three_of_everything_fit() -> None:
    lines = connection_budget.budget(tuple(our_rows().values()), worker_children=DEFAULT_WORKER_CHILDREN)
    for name, row in our_rows().items():
        given = environment(name).get(f"HANDRAIL_{row.service}_DATABASE_POOL_SIZE".upper(), "0")
        assert given == str(row.pool), name
    available = int(re.search(r"max_connections=(\d+)", " ".join(services()["postgres"]["command"]))[1])  # type: ignore[index]
    three_of_each = 3 * sum(line.connections for line in lines) + connection_budget.ADMINISTRATION
    assert three_of_each <= available - 3, "three connections are kept for superusers"


def test_the_mail_sink_belongs_to_the_demo_alone() -> None:
    with_profile = {name: one["profiles"] for name, one in services().items() if "profiles" in one}
    demo_only = {name: ["demo"] for name, row in our_rows().items() if row.demo_only}
    assert with_profile == demo_only | {"demo": ["by-name"]}


def test_production_is_what_one_gets_without_saying_anything() -> None:
    for name in our_rows():
        assert environment(name)["HANDRAIL_PROFILE"] == "${HANDRAIL_PROFILE:-${COMPOSE_PROFILES:-production}}"


def test_every_service_with_a_database_is_prepared_migrated_and_registered() -> None:
    expected = [one.value for one in SERVICES_WITH_DATABASE]
    assert services()["databases"]["command"][3:] == expected
    assert services()["migrate"]["command"][3:] == expected
    pairs = dict(pair.split("=") for pair in services()["keys"]["command"][3:])
    assert pairs == {one: f"/run/secrets/{one}.client_key.public.pem" for one in expected}


def test_steps_come_in_the_supervisors_order() -> None:
    def waits_for(name: str) -> dict[str, str]:
        return {other: how["condition"] for other, how in services()[name]["depends_on"].items()}

    assert waits_for("databases") == {"postgres": "service_healthy"}
    assert waits_for("migrate") == {"databases": "service_completed_successfully"}
    assert waits_for("keys") == {"migrate": "service_completed_successfully"}
    for name, row in our_rows().items():
        if row.service is not None and row.pool:
            assert waits_for(name) == {
                "postgres": "service_healthy",
                "redis": "service_healthy",
                "keys": "service_completed_successfully",
            }


def test_redis_keeps_what_the_embedded_one_keeps() -> None:
    embedded = (Path(connection_budget.__file__).parent / "valkey.py").read_text(encoding="utf-8")
    given = (ROOT / compose()["configs"]["redis.conf"]["file"]).read_text(encoding="utf-8")
    for line in ("appendonly yes", "maxmemory-policy noeviction"):
        assert line in embedded
        assert line in given.splitlines()
