"""`handrail up`, with lines that lead through our proxies and crash points in the processes: `python -m … FOLDER`.

The product's own start, supervisor and stop; only what each process is given differs. FOLDER holds `routes.json` (from
`Routes.write`), gets `targets.json` (the real port of every process), `state/` and `points/<process>/`.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from handrail.runtime import operation, start_up
from handrail.runtime.ports import LOOPBACK
from handrail.runtime.processes import Kind, ProcessDefinition, taking_part
from handrail.runtime.service_environment import Addresses
from handrail.runtime.starting import run_here
from handrail.runtime.state_folder import StateFolder
from handrail.runtime.supervised import Supervised
from handrail.runtime.table_rows import TableRows
from shared.contracts.codes import Service
from shared.settings import Profile

WORKER_CHILDREN = 2
_NOT_NEEDED = ("console-api", "mail")
"""Pages are looked at elsewhere, and mail is taken by a server that can fail."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """Whoever of `sources` (services, or "beat") would speak to `target` speaks to `port` instead."""

    target: str
    port: int
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Routes:
    """What the start needs to know; `settings` go to every process as they are."""

    routes: tuple[Route, ...]
    settings: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """For `read`, in another process."""
        content = {"routes": [vars(route) for route in self.routes], "settings": dict(self.settings)}
        (folder / "routes.json").write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Routes":
        """What was written."""
        content: dict[str, Any] = json.loads((folder / "routes.json").read_text(encoding="utf-8"))
        routes = tuple(Route(**route | {"sources": tuple(route["sources"])}) for route in content["routes"])
        return cls(routes=routes, settings=content["settings"])


def points_of(folder: Path, process: str) -> Path:
    """Where the storm and a process speak about crash points."""
    return folder / "points" / process


class StormRows(TableRows):
    """The product's table, with other addresses and with crash points."""

    def __init__(self, *, folder: Path, routes: Routes, addresses: Addresses, **how: Any) -> None:
        super().__init__(addresses=addresses, **how)
        self._folder = folder
        self._routes = routes
        self._ports = addresses.ports
        (folder / "targets.json.new").write_text(json.dumps(dict(addresses.ports)), encoding="utf-8")
        (folder / "targets.json.new").rename(folder / "targets.json")

    def supervised(self, row: ProcessDefinition) -> Supervised:
        """The same process on other lines."""
        thing = super().supervised(row)
        source = row.service.value if row.service is not None else row.name
        environment = {
            name: self._led(value, source=source) for name, value in thing.command.environment.items()
        } | dict(self._routes.settings)
        argv = thing.command.argv
        if row.kind in (Kind.API, Kind.WORKER) and row.service is not Service.IDENTITY:
            folder = points_of(self._folder, row.name)
            folder.mkdir(parents=True, exist_ok=True)
            environment |= {"FAULT_SERVICE": source, "FAULT_FOLDER": str(folder)}
            argv = tuple(_with_points(part, service=source) for part in argv)
        return replace(thing, command=replace(thing.command, environment=environment, argv=argv))

    def _led(self, value: str, *, source: str) -> str:
        for route in self._routes.routes:
            if source in route.sources:
                value = value.replace(f"{LOOPBACK}:{self._ports[route.target]}", f"{LOOPBACK}:{route.port}")
        return value


def _with_points(argument: str, *, service: str) -> str:
    replaced = {
        f"services.{service}.main:app_from_environment": "tests.faults.storm.struck_api:app_from_environment",
        f"services.{service}.worker.entry": "tests.faults.storm.struck_worker",
    }
    return replaced.get(argument, argument)


def _parts(*, demo: bool) -> tuple[ProcessDefinition, ...]:
    return tuple(row for row in taking_part(demo=demo) if row.name not in _NOT_NEEDED)


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run until told to stop."""
    folder = Path(sys.argv[1])
    setattr(start_up, "TableRows", partial(StormRows, folder=folder, routes=Routes.read(folder)))  # noqa: B010
    for module in (start_up, operation):
        setattr(module, "taking_part", _parts)  # noqa: B010 - types rightly forbid what is done here on purpose
    return run_here(StateFolder(folder / "state"), profile=Profile.DEMO, worker_children=WORKER_CHILDREN, say=_say)


if __name__ == "__main__":
    sys.exit(main())
