"""State tables as drawings (Mermaid), so that the README shows what the code does."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol


class Arrow(Protocol):
    """One row of any state table."""

    @property
    def state(self) -> StrEnum: ...
    @property
    def command(self) -> StrEnum: ...
    @property
    def next(self) -> StrEnum: ...


def drawing(moves: Iterable[Arrow]) -> str:
    """A Mermaid state diagram; commands between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        commands = arrows.setdefault((move.state.value, move.next.value), [])
        if move.command.value not in commands:
            commands.append(move.command.value)
    lines = [f"    {start} --> {end}: {', '.join(commands)}" for (start, end), commands in arrows.items()]
    return "\n".join(["stateDiagram-v2", *lines])
