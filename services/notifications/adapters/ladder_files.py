"""Ladders from `policy/ladders/*.yaml`, checked when they are read: a wrong file stops the service from starting."""

from datetime import timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.notifications.domain.codes import Channel
from services.notifications.domain.errors import LadderInvalid, LadderUnknown
from services.notifications.domain.ladders import Ladder, Step
from services.notifications.domain.telling import LADDERS_WITHOUT_DEADLINE
from shared.plain_yaml import read_yaml

POLICY_FOLDER = Path(__file__).parent.parent / "policy" / "ladders"
DEMO_PREFIX = "demo_"


class _StepEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: Channel
    after_seconds: float | None = Field(default=None, ge=0, le=90 * 24 * 3600)
    at_fraction: float | None = Field(default=None, gt=0, lt=1)


class _LadderFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")
    description: str = Field(min_length=1, max_length=200)
    urgent: bool
    steps: list[_StepEntry]


class LadderBook:
    """The Ladders port: all ladders in force, by code."""

    def __init__(self, ladders: dict[str, Ladder]) -> None:
        self._ladders = ladders

    @property
    def codes(self) -> frozenset[str]:
        """The codes an event may name."""
        return frozenset(self._ladders)

    def named(self, code: str) -> Ladder:
        """Raises LadderUnknown."""
        try:
            return self._ladders[code]
        except KeyError:
            raise LadderUnknown(code) from None


def read_ladders(folder: Path = POLICY_FOLDER, *, with_demo: bool) -> LadderBook:
    """Every ladder of the folder; those of the demo only where it is allowed. Raises LadderInvalid, naming the file."""
    found: dict[str, Ladder] = {}
    for path in sorted(folder.glob("*.yaml")):
        ladder = _read(path)
        if with_demo or not ladder.code.startswith(DEMO_PREFIX):
            found[ladder.code] = ladder
    missing = set(LADDERS_WITHOUT_DEADLINE) - found.keys()
    if missing:
        raise LadderInvalid(f"the folder lacks {', '.join(sorted(missing))}")
    for code in LADDERS_WITHOUT_DEADLINE:
        if any(step.at_fraction is not None for step in found[code].steps):
            raise LadderInvalid(f"`{code}` has no deadline, so no step of it can be at a fraction of one")
    return LadderBook(found)


def _read(path: Path) -> Ladder:
    try:
        entry = _LadderFile.model_validate(read_yaml(path.read_text(encoding="utf-8")))
        steps = tuple(
            Step(
                channel=step.channel,
                after=None if step.after_seconds is None else timedelta(seconds=step.after_seconds),
                at_fraction=step.at_fraction,
            )
            for step in entry.steps
        )
        ladder = Ladder(code=entry.code, description=entry.description, urgent=entry.urgent, steps=steps)
    except (ValidationError, yaml.YAMLError, LadderInvalid) as error:
        raise LadderInvalid(f"{path.name}: {error}") from error
    if path.stem != ladder.code:
        raise LadderInvalid(f"{path.name}: the file is named after its code, `{ladder.code}`")
    return ladder
