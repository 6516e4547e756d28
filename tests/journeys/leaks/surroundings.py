"""The running system as the search sees it, and somebody who listens to what is said to Valkey."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import psutil
import redis

from handrail.runtime.process_states import read_status
from handrail.runtime.processes import with_database
from handrail.runtime.state_folder import StateFolder
from tests.journeys.leaks.outside import Outside


@dataclass
class Eavesdropper:
    """Valkey's MONITOR, in a thread: every command of every process while it listens."""

    url: str
    heard: list[str] = field(default_factory=list)

    def __enter__(self) -> "Eavesdropper":
        self._client: Any = redis.Redis.from_url(self.url)
        self._monitor: Any = self._client.monitor()  # type: ignore[no-untyped-call]
        self._monitor.__enter__()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def _listen(self) -> None:
        try:
            for command in self._monitor.listen():
                self.heard.append(str(command["command"]))
        except (redis.RedisError, OSError, ValueError, AttributeError):
            return  # the connection was closed: whoever stopped listening has what was heard

    def __exit__(self, *_: object) -> None:
        self._client.set("handrail.leaks.over", "1")
        self._client.delete("handrail.leaks.over")
        while not any("handrail.leaks.over" in one for one in self.heard[-50:]):
            self._thread.join(0.01)
        self._monitor.connection.disconnect()


@dataclass
class Surroundings:
    """What the readers need: the running system, and what the walk has heard and kept."""

    state: StateFolder
    heard: list[str]
    outside: Outside
    answers: list[tuple[str, str]] = field(default_factory=list)
    """Problem bodies and headers, each with the call that brought it."""
    streamed: list[str] = field(default_factory=list)
    """What the live stream said."""
    pages: list[tuple[str, str]] = field(default_factory=list)
    """Of every page of the console its headers and the addresses in it, and of a page that says no all it says; by template."""

    def address(self, name: str) -> str:
        """The address of a process by name."""
        status = read_status(self.state.status_file)
        assert status is not None
        return next(str(one["address"]) for one in status["processes"] if one["name"] == name)

    def processes(self) -> list[psutil.Process]:
        """Everything that the supervisor started, and what that started."""
        status = read_status(self.state.status_file)
        assert status is not None
        parents = [psutil.Process(one["pid"]) for one in status["processes"] if one["pid"]]
        return parents + [child for parent in parents for child in parent.children(recursive=True)]

    @property
    def valkey_url(self) -> str:
        """With its password."""
        return f"redis://:{self.state.secret('valkey.password')}@{self.address('valkey')}/0"

    def database_url(self, name: str) -> str:
        """The superuser's."""
        return f"postgresql://postgres:{self.state.secret('postgres.password')}@{self.address('postgres')}/{name}"

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        """The superuser's connection to one service's database."""
        connection = await asyncpg.connect(self.database_url(f"handrail_{service}"))
        try:
            yield connection
        finally:
            await connection.close()

    @property
    def databases(self) -> list[str]:
        """One for each service that has one."""
        return [f"handrail_{service.value}" for service in with_database()]
