"""Reads `policy/ceilings` and `policy/lived_experience.yaml`; a file that cannot be used is named with the key that is wrong."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from services.referrals.adapters.file_errors import explained
from services.referrals.domain.ceilings import Ceilings, CeilingShelf, CeilingsInvalid
from shared.plain_yaml import read_yaml

FOLDER = Path(__file__).parent.parent / "policy"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Figure = Annotated[int | None, Field(ge=0, le=1000)]


class _Version(_Strict):
    effective_from: date
    source: Annotated[str, StringConstraints(min_length=3)]
    caseload: _Figure = None
    group: _Figure = None
    peers_of_a_supervisor: _Figure = None
    supervision_must_be_current: bool = False


class _CeilingFile(_Strict):
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    versions: Annotated[list[_Version], Field(min_length=1)]


class _Kind(_Strict):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
    words: Annotated[str, StringConstraints(min_length=3)]


_KINDS = TypeAdapter(list[_Kind])


def read_ceilings(*, folder: Path = FOLDER / "ceilings") -> CeilingShelf:
    """The figures of every jurisdiction. Raises CeilingsInvalid with the file's name."""
    return CeilingShelf(_ceilings_of(path) for path in sorted(folder.glob("*.yaml")))


@cache
def load_ceilings() -> CeilingShelf:
    """The figures that come with this installation, read once a process."""
    return read_ceilings()


def load_lived_experience(*, path: Path = FOLDER / "lived_experience.yaml") -> Mapping[str, str]:
    """The kinds that peers may choose from and people may ask for: code -> plain words."""
    return {kind.code: kind.words for kind in _KINDS.validate_python(read_yaml(path.read_text(encoding="utf-8")))}


def _ceilings_of(path: Path) -> tuple[str, tuple[Ceilings, ...]]:
    try:
        found = _CeilingFile.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise CeilingsInvalid(f"`{path.name}` cannot be used: {explained(error)}") from error
    return found.jurisdiction, tuple(Ceilings(**dict(version)) for version in found.versions)
