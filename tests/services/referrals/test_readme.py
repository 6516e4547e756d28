"""STATES.md draws the state tables as they are in code; a drift fails and prints the drawing to paste."""

from collections.abc import Iterable
from pathlib import Path

import pytest

import services.referrals
from services.referrals.domain.drawing import Arrow, drawing
from services.referrals.domain.handoff_states import HANDOFF_MOVES
from services.referrals.domain.referral_progress import PROGRESS_MOVES
from services.referrals.domain.referral_states import REFERRAL_MOVES
from services.referrals.domain.task_states import MOVES
from services.referrals.domain.transition_states import TRANSITION_MOVES
from services.referrals.main import ROUTERS

FOLDER = Path(services.referrals.__file__).parent
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
STATES = (FOLDER / "STATES.md").read_text(encoding="utf-8")

TABLES: dict[str, Iterable[Arrow]] = {
    "task": MOVES,
    "transition": TRANSITION_MOVES,
    "handoff": HANDOFF_MOVES,
    "referral": REFERRAL_MOVES,
    "business status": PROGRESS_MOVES,
}


@pytest.mark.parametrize("table", TABLES)
def test_the_drawings_are_those_of_the_tables(table: str) -> None:
    assert f"```mermaid\n{drawing(TABLES[table])}\n```" in STATES


def test_a_drawing_joins_commands_between_the_same_states() -> None:
    assert "    in_progress --> on_hold: hold" in drawing(MOVES)
    assert drawing(MOVES).count("assigned --> on_hold") == 1


def test_every_route_is_listed() -> None:
    for router in ROUTERS:
        for route in router.routes:
            first = str(getattr(route, "path", "")).split("/")[1]
            assert f"/{first}" in PAGE, f"the page does not speak of /{first}"
