"""What `handrail status` shows."""

from dataclasses import dataclass, field
from typing import Any

from handrail.runtime.process_states import Standing, read_status
from handrail.runtime.state_folder import StateFolder
from handrail.runtime.state_lock import holder


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The supervisor (None: nothing runs) and each of its processes, as last written."""

    supervisor: int | None
    phase: str
    processes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def all_ready(self) -> bool:
        """Whether everything runs and has become ready."""
        return self.phase == "ready" and all(one["standing"] == Standing.READY for one in self.processes)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "supervisor": self.supervisor,
            "phase": self.phase,
            "all_ready": self.all_ready,
            "processes": self.processes,
        }

    def as_text(self) -> str:
        """For people."""
        if self.supervisor is None:
            return "nothing runs here"
        lines = [f"{self.phase} (process {self.supervisor})"]
        for one in self.processes:
            restarts = f"  restarted {one['restarts']} times" if one["restarts"] else ""
            lines.append(f"  {one['name']:<22} {one['standing']:<11} {one['address'] or '':<16}{restarts}".rstrip())
        return "\n".join(lines)


def overview(state: StateFolder) -> Overview:
    """Read it from the state folder; a status left by a supervisor that is gone counts as nothing running."""
    supervisor = holder(state.lock_file)
    status = read_status(state.status_file)
    if supervisor is None:
        return Overview(supervisor=None, phase="stopped")
    if status is None or status["supervisor"] != supervisor:
        return Overview(supervisor=supervisor, phase="starting")
    return Overview(supervisor=supervisor, phase=status["phase"], processes=status["processes"])
