"""What a supervisor keeps alive, and how long it pauses before it starts it again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handrail.runtime.spawning import Command

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class Supervised:
    """A program and the question that tells whether it is ready. `address` is for people."""

    command: Command
    is_ready: Probe
    address: str | None = None

    @property
    def name(self) -> str:
        """Its name in status, logs and messages."""
        return self.command.name


@dataclass(frozen=True, kw_only=True)
class BackOff:
    """Seconds before the first restart, and the most there will be; it doubles in between."""

    first_seconds: float = 0.5
    most_seconds: float = 30.0

    def after(self, failures: int) -> float:
        """How long to wait after so many failures in a row (1, 2, …)."""
        return min(self.most_seconds, self.first_seconds * (1 << min(failures - 1, 16)))
