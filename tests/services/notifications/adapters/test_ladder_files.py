"""The ladder files that ship, and files that are wrong."""

from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from services.notifications.adapters.ladder_files import POLICY_FOLDER, read_ladders
from services.notifications.domain.codes import Channel
from services.notifications.domain.errors import LadderInvalid, LadderUnknown
from tests.services.notifications.journeys import NOON


def test_the_ladders_that_others_name_are_there() -> None:
    assert {"standard", "emergency_department", "supervisor", "demo_standard", "demo_supervisor"} <= read_ladders(
        with_demo=True
    ).codes


def test_production_has_no_demo_ladder() -> None:
    book = read_ladders(with_demo=False)
    assert {"standard", "emergency_department", "supervisor"} <= book.codes
    with pytest.raises(LadderUnknown):
        book.named("demo_standard")


@pytest.mark.parametrize(("code", "minutes"), [("standard", 240), ("emergency_department", 10), ("supervisor", 10)])
def test_no_step_of_a_shipped_ladder_comes_too_late(code: str, minutes: int) -> None:
    steps = (
        read_ladders(with_demo=False).named(code).schedule(starts_at=NOON, respond_by=NOON + timedelta(minutes=minutes))
    )
    assert [step.number for step in steps if step.too_late] == []
    assert [step.due_at for step in steps] == sorted(step.due_at for step in steps)
    assert {step.channel for step in steps} == {Channel.INBOX, Channel.EMAIL}


GOOD = "code: extra\ndescription: x\nurgent: false\nsteps:\n  - {channel: inbox, after_seconds: 0}\n"


def test_a_further_ladder_is_a_file(tmp_path: Path) -> None:
    folder = Path(copytree(POLICY_FOLDER, tmp_path / "ladders"))
    (folder / "extra.yaml").write_text(GOOD)
    assert read_ladders(folder, with_demo=False).named("extra").steps[0].channel is Channel.INBOX


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a: [",
        GOOD.replace("inbox", "pigeon"),
        GOOD.replace("urgent: false", "urgent: false\nsurprise: 1"),
        GOOD.replace("extra", "other"),
        GOOD.replace("extra", "Extra"),
        GOOD.replace("after_seconds: 0", "after_seconds: -1"),
        GOOD.replace("after_seconds: 0", "after_seconds: 5"),
        GOOD.replace("after_seconds: 0", "at_fraction: 0.5"),
        GOOD.replace("after_seconds: 0", "after_seconds: .nan"),
        GOOD + "  - {channel: email}\n",
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    folder = Path(copytree(POLICY_FOLDER, tmp_path / "ladders"))
    (folder / "extra.yaml").write_text(text)
    with pytest.raises(LadderInvalid, match=r"extra\.yaml"):
        read_ladders(folder, with_demo=False)


def test_what_notices_need_cannot_be_left_out_or_given_a_deadline(tmp_path: Path) -> None:
    folder = Path(copytree(POLICY_FOLDER, tmp_path / "ladders"))
    notice = (folder / "notice.yaml").read_text()
    (folder / "notice.yaml").write_text(notice + "  - {channel: email, at_fraction: 0.5}\n")
    with pytest.raises(LadderInvalid, match="no deadline"):
        read_ladders(folder, with_demo=False)
    (folder / "notice.yaml").unlink()
    with pytest.raises(LadderInvalid, match="lacks notice"):
        read_ladders(folder, with_demo=False)
