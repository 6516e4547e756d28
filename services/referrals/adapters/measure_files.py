"""Reads the measures in `policy/measures/<year>/`; one that cannot be used is named with the key that is wrong."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.referrals.adapters.file_errors import explained
from services.referrals.domain.measure_checks import MeasureInvalid, check_measure, shelf_of
from services.referrals.domain.measures import Channel, DayWindow, Exclusion, Measure, MeasureCode, MeasureShelf, Window
from shared.contracts.codes import PracticeRole, Setting
from shared.plain_yaml import read_yaml

FOLDER = Path(__file__).parent.parent / "policy" / "measures"

Source = Annotated[str, Field(min_length=3, description="where it was read, or that it was not")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Index(_Strict):
    settings: list[Setting]
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    source: Source


class _Days(_Strict):
    first_day: int
    last_day: int

    def window(self) -> DayWindow:
        return DayWindow(first_day=self.first_day, last_day=self.last_day)


class _Windows(_Strict):
    day_7: _Days
    day_30: _Days
    source: Source


class _Counts(_Strict):
    roles: list[PracticeRole]
    channels: list[Channel]
    source: Source


class _Admissions(_Strict):
    within_days: int
    to: dict[Setting, Exclusion]
    source: Source


class _File(_Strict):
    code: MeasureCode
    year: int
    index: _Index
    minimum_age: int
    windows: _Windows
    counts: _Counts
    admissions: _Admissions

    def measure(self) -> Measure:
        return Measure(
            code=self.code,
            year=self.year,
            settings=frozenset(self.index.settings),
            index_from=self.index.first,
            index_to=self.index.last,
            minimum_age=self.minimum_age,
            windows={Window.DAY_7: self.windows.day_7.window(), Window.DAY_30: self.windows.day_30.window()},
            roles=frozenset(self.counts.roles),
            channels=frozenset(self.counts.channels),
            admitted_within=timedelta(days=self.admissions.within_days),
            admissions=dict(self.admissions.to),
            sources={
                "index": self.index.source,
                "windows": self.windows.source,
                "counts": self.counts.source,
                "admissions": self.admissions.source,
            },
        )


def load_measures(folder: Path = FOLDER) -> MeasureShelf:
    """Every measure of every year. Raises MeasureInvalid with the file's name, or with the one that is there twice."""
    measures = [read_measure(path) for path in sorted(folder.glob("*/*.yaml"))]
    if not measures:
        raise MeasureInvalid("there is no measure file to load")
    return shelf_of(measures)


def read_measure(path: Path) -> Measure:
    """One file, checked by itself. Raises MeasureInvalid with the file's name and the keys."""
    try:
        measure = _File.model_validate(read_yaml(path.read_text(encoding="utf-8"))).measure()
        check_measure(measure)
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise MeasureInvalid(f"`{path.name}` cannot be used: {explained(error)}") from error
    except MeasureInvalid as error:
        raise MeasureInvalid(f"`{path.name}` cannot be used: {error}") from error
    if path.parent.name != str(measure.year):
        raise MeasureInvalid(f"`{path.name}` cannot be used: `year` is not that of its folder")
    return measure
