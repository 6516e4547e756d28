"""Case tables: sentences with the verdict that each must get, as YAML that a supervisor can write.

A table is a list of rows; a row sets an allow beside its near miss, such as
`{within: "Listen to him", refused: "Diagnose him"}`.
"""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from services.scope_guard.use_cases.check_cases import Case
from shared.contracts.scope import MAX_TEXT_CHARACTERS, Verdict
from shared.plain_yaml import read_yaml

Kind = Literal["within", "conditional", "held", "refused"]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_CHARACTERS)]

VERDICT_OF: dict[Kind, Verdict] = {
    "within": Verdict.WITHIN_SCOPE,
    "conditional": Verdict.WITHIN_SCOPE_WITH_CONDITIONS,
    "held": Verdict.NEEDS_REVIEW,
    "refused": Verdict.OUT_OF_SCOPE,
}

_ROWS = TypeAdapter(list[Annotated[dict[Kind, Sentence], Field(min_length=1)]])


class CaseTableFault(ValueError):  # noqa: N818 - a fault in a file, read by supervisors
    """A table that cannot be read, or a path without any case; the message names the file."""


def load_cases(path: Path) -> list[Case]:
    """Every case of one table, or of all `*.yaml` below a folder, in the order of the files. Never empty."""
    tables = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    cases = [case for table in tables for case in _cases(table)]
    if not cases:
        raise CaseTableFault(f"{path}: no case in it")
    return cases


def _cases(table: Path) -> list[Case]:
    try:
        rows = _ROWS.validate_python(read_yaml(table.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as fault:
        raise CaseTableFault(f"{table}: {fault}") from fault
    return [Case(table=table.name, text=text, expected=VERDICT_OF[kind]) for row in rows for kind, text in row.items()]
