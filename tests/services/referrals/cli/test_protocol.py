"""Protocols drawn and checked from the command line."""

from pathlib import Path

from typer.testing import CliRunner

from services.referrals.adapters.protocol_files import FOLDER
from services.referrals.cli.protocol import commands


def test_a_protocol_is_drawn_as_a_timeline() -> None:
    drawn = CliRunner().invoke(commands, ["show", "standard_transitional"])
    assert drawn.exit_code == 0, drawn.output
    assert "a peer has 1 hour to answer (ladder standard)" in drawn.output
    lines = [" ".join(line.split()) for line in drawn.output.splitlines()]
    places = [
        lines.index(line)
        for line in (
            "24 hours before o consent_asked missed: sender",
            "at once o introduction missed: sender",
            "4 hours * owner_accepts missed: duty_owner",
            "48 hours to 72 hours * follow_up_call missed: duty_owner",
            "end of day 7, 13 times, every 7 days * phase_1_contact missed: duty_owner",
            "end of day 273 * planned_goodbye missed: duty_owner",
        )
    ]
    assert places == sorted(places)


def test_an_unknown_one_names_those_there_are() -> None:
    answer = CliRunner().invoke(commands, ["show", "nothing"])
    assert answer.exit_code == 2
    assert "standard_ed" in answer.output


def test_a_file_is_checked_by_its_keys(tmp_path: Path) -> None:
    good = FOLDER / "standard_ed.yaml"
    assert "is good: standard_ed" in CliRunner().invoke(commands, ["check", str(good)]).output
    broken = tmp_path / "broken.yaml"
    text = good.read_text(encoding="utf-8").replace(
        "anchor: discharge, offset: {hours: 2}", "anchor: arrival, offset: {hours: 2}"
    )
    broken.write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(commands, ["check", str(broken)])
    assert answer.exit_code == 1
    assert "`broken.yaml` cannot be used" in answer.output
    assert "`milestones.arrival.anchor` leads in a circle: arrival -> arrival" in answer.output
