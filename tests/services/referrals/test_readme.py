"""The service's page draws the state tables as they are in code; a drift fails and prints the drawing to paste."""

from collections.abc import Iterable
from pathlib import Path

import pytest

import services.referrals
from services.referrals.domain.drawing import Arrow, drawing
from services.referrals.domain.handoff_states import HANDOFF_MOVES
from services.referrals.domain.task_states import MOVES
from services.referrals.domain.transition_states import TRANSITION_MOVES
from services.referrals.main import ROUTERS

PAGE = (Path(services.referrals.__file__).parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("moves", [MOVES, HANDOFF_MOVES, TRANSITION_MOVES], ids=["task", "handoff", "transition"])
def test_the_drawings_are_those_of_the_tables(moves: Iterable[Arrow]) -> None:
    assert f"```mermaid\n{drawing(moves)}\n```" in PAGE


def test_a_drawing_joins_commands_between_the_same_states() -> None:
    assert "    in_progress --> on_hold: hold" in drawing(MOVES)
    assert drawing(MOVES).count("assigned --> on_hold") == 1


def test_every_route_is_listed() -> None:
    for router in ROUTERS:
        for route in router.routes:
            first = str(getattr(route, "path", "")).split("/")[1]
            assert f"/{first}" in PAGE, f"the page does not speak of /{first}"
