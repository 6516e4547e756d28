"""The packs on disk load, and a pack that cannot be used stops the start by name and reason."""

from pathlib import Path

import pytest

from services.referrals.adapters.protocol_files import FOLDER, load_protocols
from services.referrals.domain.protocol_checks import ProtocolInvalid

GOOD = (FOLDER / "standard_ed.yaml").read_text(encoding="utf-8")


def test_the_packs_of_the_project_load() -> None:
    assert load_protocols(allow_demo=True).codes == (
        "demo",
        "standard_ed",
        "standard_inpatient",
        "standard_transitional",
    )
    assert load_protocols(allow_demo=False).codes == ("standard_ed", "standard_inpatient", "standard_transitional")


def test_the_ladders_they_name_exist_in_notifications() -> None:
    ladders = {path.stem for path in (FOLDER.parents[2] / "notifications/policy/ladders").glob("*.yaml")}
    shelf = load_protocols(allow_demo=True)
    named = {rule.ladder for version in shelf.all for rule in (version.peer_offer, version.escalation)}
    assert named <= ladders


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{hours: 2}", "{business_days: -2}"),
        ("anchor: leaving", "anchor: day_7, repeat: {count: 3}"),
        ("{calendar_days: 7}", "{days: -7}"),
        ("escalate_to: sender", "escalate_to: nobody"),
        ("code: standard_ed", "code: Standard ED"),
        ("{minutes: 10}", "{minutes: 10, hours: 1}"),
        ("{minutes: 10}", "{}"),
        ("{calendar_days: 90}", "{calendar_days: 4000}"),
        ("anchor: leaving", "anchor: lunch"),
        ("settings:", "setings:"),
        ("unanswered_before_escalation: 2", "unanswered_before_escalation: [2"),
        ("source: proposal", ""),
        ("unanswered_before_escalation: 2", "unanswered_before_escalation: 0"),
    ],
)
def test_a_pack_that_cannot_be_used_stops_the_start(tmp_path: Path, before: str, after: str) -> None:
    broken = GOOD.replace(before, after, 1) if before in GOOD else GOOD.replace('source: "AHRQ', '"AHRQ', 1)
    assert broken != GOOD
    (tmp_path / "broken.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(ProtocolInvalid, match=r"broken\.yaml"):
        load_protocols(allow_demo=False, folder=tmp_path)


def test_an_empty_folder_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ProtocolInvalid, match="no protocol file"):
        load_protocols(allow_demo=False, folder=tmp_path)
