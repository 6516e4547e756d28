"""The measures on disk load, and one that cannot be meant stops the start by name and key."""

from pathlib import Path

import pytest

from services.referrals.adapters.measure_files import FOLDER, load_measures
from services.referrals.domain.measure_checks import MeasureInvalid

GOOD = (FOLDER / "2026" / "fuh.yaml").read_text(encoding="utf-8")


def test_the_measures_of_the_project_load() -> None:
    names = [one.name for one in load_measures().measures]
    assert names == [f"{code} {year}" for year in (2024, 2025, 2026) for code in ("fua", "fuh", "fui", "fum")]
    assert all(source for one in load_measures().measures for source in one.sources.values())


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("settings: [inpatient_psychiatric]", "settings: []", "index.settings"),
        ("from: 2026-01-01", "from: 2026-12-24", "index.to"),
        ("from: 2026-01-01", "from: 2025-01-01", "index"),
        ("minimum_age: 6", "minimum_age: -1", "minimum_age"),
        ("first_day: 1, last_day: 7", "first_day: 8, last_day: 7", "windows.day_7"),
        ("first_day: 1, last_day: 7", "first_day: 0, last_day: 7", "windows.day_30"),
        ("first_day: 1, last_day: 30", "first_day: 1, last_day: 6", "windows.day_30"),
        ("[in_person, video, phone, not_recorded]", "[]", "counts.channels"),
        ("[in_person, video", "[in_person, pigeon", "counts.channels"),
        ("within_days: 30", "within_days: 0", "admissions.within_days"),
        ("inpatient_psychiatric: admitted_again", "inpatient_psychiatric: died", "admissions.to.inpatient"),
        ("code: fuh", "code: fux", "code"),
        ("year: 2026", "year: 2025", "year|index"),
        ("minimum_age: 6", "minimum_age: [6", "fuh.yaml"),
    ],
)
def test_a_measure_that_cannot_be_meant_stops_the_start(tmp_path: Path, before: str, after: str, key: str) -> None:
    broken = GOOD.replace(before, after, 1)
    assert broken != GOOD
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "fuh.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(MeasureInvalid, match=rf"fuh\.yaml.*({key})|{key}"):
        load_measures(tmp_path)


def test_twice_in_a_year_and_none_at_all_stop_it_too(tmp_path: Path) -> None:
    with pytest.raises(MeasureInvalid, match="no measure file"):
        load_measures(tmp_path)
    (tmp_path / "2026").mkdir()
    for name in ("fuh", "again"):
        (tmp_path / "2026" / f"{name}.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(MeasureInvalid, match="twice"):
        load_measures(tmp_path)


def test_the_folder_is_the_year(tmp_path: Path) -> None:
    (tmp_path / "2025").mkdir()
    (tmp_path / "2025" / "fuh.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(MeasureInvalid, match="folder"):
        load_measures(tmp_path)
