"""From a row of the process table to something that the supervisor can keep alive."""

import sys
from collections.abc import Mapping
from pathlib import Path

from handrail.runtime import probes
from handrail.runtime.ports import LOOPBACK
from handrail.runtime.processes import Kind, ProcessDefinition
from handrail.runtime.service_environment import Addresses, base_environment, beat_environment, process_environment
from handrail.runtime.spawning import Command
from handrail.runtime.state_folder import StateFolder
from handrail.runtime.supervised import Probe, Supervised
from handrail.runtime.worker_ready import WorkerReadiness


class TableRows:
    """Makes `Supervised` out of rows, for one start."""

    def __init__(self, *, state: StateFolder, addresses: Addresses, profile: str, worker_children: int) -> None:
        self._state = state
        self._addresses = addresses
        self._profile = profile
        self._worker_children = worker_children
        beat = beat_environment(addresses.redis_url, heartbeat_file=state.heartbeat_file)
        self._workers = WorkerReadiness(base_environment(profile=profile) | beat)

    def supervised(self, row: ProcessDefinition) -> Supervised:
        """The command with its environment, and the question that tells whether it is ready."""
        port = self._addresses.ports.get(row.name)
        values: Mapping[str, str] = {"{port}": str(port), "{children}": str(self._worker_children)}
        command = Command(
            name=row.name,
            argv=(sys.executable, *(values.get(part, part) for part in row.arguments)),
            environment=process_environment(row, profile=self._profile, state=self._state, addresses=self._addresses),
        )
        address = f"{LOOPBACK}:{port}" if port is not None else None
        return Supervised(command=command, is_ready=self._probe(row, port=port), address=address)

    def _probe(self, row: ProcessDefinition, *, port: int | None) -> Probe:
        match row.kind, port, row.queue:
            case Kind.API, int(), _:
                return lambda: probes.http_is_ready(port)
            case Kind.MAIL, int(), _:
                return lambda: probes.smtp_is_ready(port)
            case Kind.WORKER, _, str(queue):
                return lambda: self._workers.is_ready(queue)
            case Kind.BEAT, _, _:
                return self._beat_is_ready
        raise ValueError(f"no probe for `{row.name}`")

    async def _beat_is_ready(self) -> bool:
        return _has_rung(self._state.heartbeat_file)


def _has_rung(heartbeat: Path) -> bool:
    """Whether a beat that still lives has gone round once; the file of one that died names a process that is gone."""
    content = heartbeat.read_text(encoding="utf-8").strip() if heartbeat.exists() else ""
    return content.isdigit() and Path(f"/proc/{content}").exists()
