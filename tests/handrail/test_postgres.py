"""A real embedded PostgreSQL, as whoever runs this test."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from handrail.runtime import postgres
from handrail.runtime.ports import any_free
from handrail.runtime.postgres import PostgresServer
from handrail.runtime.service_databases import ServiceDatabase, ensure_service_database
from handrail.runtime.spawning import spawn
from handrail.runtime.unprivileged import choose_identity
from tests.handrail.waiting import is_root, lives, until, until_async


@pytest.fixture(params=["reachable by everyone", "below a closed folder"])
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """As root these two are the two ways of not being root: as `nobody`, and in a user namespace."""
    with tempfile.TemporaryDirectory() as outer:
        os.chmod(outer, 0o711 if request.param == "reachable by everyone" else 0o700)
        inner = Path(outer) / "postgres"
        inner.mkdir(mode=0o711)
        if is_root():
            identity = choose_identity(programs=postgres.programs(), folder=inner)
            assert identity.changes_user == (request.param == "reachable by everyone")
        yield inner


async def _start(server: PostgresServer, log: Path) -> "subprocess.Popen[bytes]":
    server.prepare()
    with log.open("ab") as output:
        process = spawn(server.command(), output=output)
    while not await postgres.is_ready(server.url):
        assert process.poll() is None, log.read_text()
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


async def test_it_keeps_data_refuses_strangers_and_listens_on_loopback_only(folder: Path, tmp_path: Path) -> None:
    server = PostgresServer(folder=folder, port=any_free(), password="first-password")
    process = await _start(server, tmp_path / "log")
    connection = await asyncpg.connect(server.url)
    await connection.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('still here')")
    await connection.close()
    listening = [one.laddr for one in psutil.Process(process.pid).net_connections() if one.status == "LISTEN"]
    assert listening == [("127.0.0.1", server.port)]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await postgres.is_ready(server.url.replace("first-password", "wrong"))
    _end(process)

    process = await _start(server, tmp_path / "log")
    connection = await asyncpg.connect(server.url)
    assert await connection.fetchval("SELECT word FROM kept") == "still here"
    await connection.close()
    _end(process)
    assert not (folder / "password.initdb").exists()
    assert (folder / "cluster").stat().st_mode & 0o777 == 0o700


async def test_it_ends_when_its_parent_is_killed(folder: Path, tmp_path: Path) -> None:
    server = PostgresServer(folder=folder, port=any_free(), password="a-password", fast=True)
    server.prepare()
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from handrail.runtime.postgres import PostgresServer\n"
        "from handrail.runtime.spawning import spawn\n"
        "server = PostgresServer(folder=Path(sys.argv[1]), port=int(sys.argv[2]), password='a-password', fast=True)\n"
        "print(spawn(server.command(), output=None).pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(folder), str(server.port)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    while not await postgres.is_ready(server.url):
        assert parent.poll() is None
    children = [child.pid for child in psutil.Process(pid).children(recursive=True)]
    assert children
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(lives(one) for one in (pid, *children)), what="postgres and its children end")


@pytest.fixture
async def two_services(postgres: str) -> dict[str, ServiceDatabase]:
    """Databases of two made-up services on the run's server."""
    return {
        name: await ensure_service_database(
            postgres, service=name, owner_password=f"{name}-owner's", runtime_password=f"{name}/runtime"
        )
        for name in ("first", "second")
    }


async def test_a_service_reads_and_writes_rows_and_nothing_more(
    two_services: dict[str, ServiceDatabase], postgres: str
) -> None:
    first = two_services["first"]
    owner = await asyncpg.connect(first.owner_url)
    await owner.execute("DROP TABLE IF EXISTS thing; CREATE TABLE thing (number int, serial bigserial)")
    runtime = await asyncpg.connect(first.runtime_url)
    await runtime.execute("INSERT INTO thing (number) VALUES (1); UPDATE thing SET number = 2; DELETE FROM thing")
    for forbidden in ("CREATE TABLE mine ()", "TRUNCATE thing", "DROP TABLE thing", "CREATE SCHEMA mine"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute(forbidden)
    await runtime.close()
    await owner.close()


async def test_services_cannot_enter_each_others_databases(two_services: dict[str, ServiceDatabase]) -> None:
    elsewhere = two_services["first"].runtime_url.rpartition("/")[0] + "/handrail_second"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(elsewhere)


async def test_ensuring_again_keeps_rows_and_takes_the_new_password(
    two_services: dict[str, ServiceDatabase], postgres: str
) -> None:
    owner = await asyncpg.connect(two_services["second"].owner_url)
    await owner.execute("CREATE TABLE IF NOT EXISTS kept (number int); INSERT INTO kept VALUES (7)")
    await owner.close()
    again = await ensure_service_database(
        postgres, service="second", owner_password="other-owner", runtime_password="other-runtime"
    )
    runtime = await asyncpg.connect(again.runtime_url)
    assert await runtime.fetchval("SELECT max(number) FROM kept") == 7
    await runtime.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(two_services["second"].runtime_url)


async def test_an_unfinished_cluster_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    (folder / "cluster" / "base").mkdir(parents=True)
    (folder / "cluster" / "base" / "half").write_text("written")
    server = PostgresServer(folder=folder, port=any_free(), password="p", fast=True)
    process = await _start(server, tmp_path / "log")
    _end(process)
    await until_async(lambda: not lives(process.pid), what="postgres ends")
