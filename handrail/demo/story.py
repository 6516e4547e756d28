"""Telling what happens as it happens, and believing nothing that was not read back."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

FoundT = TypeVar("FoundT")

PATIENCE_SECONDS = 45.0
_LOOK_EVERY_SECONDS = 0.1


class NotConfirmed(RuntimeError):  # noqa: N818 - names what is the case
    """An effect that should be there is not."""


@dataclass(kw_only=True)
class Step:
    """One thing that was done, and the effects that were read back. Times are seconds since the story began."""

    journey: str
    title: str
    began: float
    ended: float = 0.0
    confirmed: list[str] = field(default_factory=list)
    failed: str | None = None

    def confirm(self, effect: str, holds: bool) -> None:
        """Note an effect. Raises NotConfirmed when it does not hold."""
        if not holds:
            raise NotConfirmed(effect)
        self.confirmed.append(effect)

    async def until(self, effect: str, look: Callable[[], Awaitable[FoundT | None]]) -> FoundT:
        """Look again and again until there is something. Raises NotConfirmed when patience runs out."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = await look()
            if found:
                self.confirmed.append(effect)
                return found
            if time.monotonic() > deadline:
                raise NotConfirmed(f"{effect} (waited {PATIENCE_SECONDS:.0f} s)")
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "journey": self.journey,
            "title": self.title,
            "began_s": round(self.began, 2),
            "ended_s": round(self.ended, 2),
            "confirmed": self.confirmed,
            "failed": self.failed,
        }


class Story:
    """All steps of one run. `say` gets each line as it happens."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self._say = say
        self._began = time.monotonic()
        self.steps: list[Step] = []

    @property
    def all_confirmed(self) -> bool:
        """Whether something happened and every effect was read back."""
        return bool(self.steps) and all(step.failed is None for step in self.steps)

    def seconds(self) -> float:
        """Since the story began."""
        return time.monotonic() - self._began

    def aside(self, words: str) -> None:
        """A line that is not a step."""
        self._say(words)

    @asynccontextmanager
    async def step(self, journey: str, title: str) -> AsyncIterator[Step]:
        """Do one thing. A failure is told and ends the journey it belongs to."""
        step = Step(journey=journey, title=title, began=self.seconds())
        self.steps.append(step)
        try:
            yield step
        except Exception as error:
            step.failed = f"{type(error).__name__}: {error}"
            raise
        finally:
            step.ended = self.seconds()
            self._tell(step)

    def _tell(self, step: Step) -> None:
        mark = "ok    " if step.failed is None else "FAILED"
        self._say(f"[{step.ended:6.1f} s] {mark} {step.journey}: {step.title}")
        for effect in step.confirmed:
            self._say(f"             . {effect}")
        if step.failed is not None:
            self._say(f"             ! {step.failed}")
