"""Between database rows and the objects of the decision log, by hand."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from services.scope_guard.adapters.tables import decisions
from services.scope_guard.domain.decision_log import BoundaryEvent, DecisionWords, KeptDecision, LoggedDecision
from shared.contracts.codes import PracticeRole, Responsibility, Setting
from shared.contracts.scope import Verdict

LOGGED_COLUMNS: tuple[sa.Column[Any], ...] = tuple(
    column for column in decisions.c if column.name not in {"chain_position", "chain_link"}
)


def values_of(row: LoggedDecision | BoundaryEvent) -> dict[str, Any]:
    """Column values by name, as the driver takes them; the fields of both objects are named after their columns."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    values["rule_ids"] = list(row.rule_ids)
    if isinstance(row, LoggedDecision):
        values |= {"facts": json.dumps(row.facts), "result": json.dumps(row.result)}
    return values


def logged_decision(row: Mapping[str, Any]) -> LoggedDecision:
    """The object of one row of `decisions`."""
    content = {column.name: row[column.name] for column in LOGGED_COLUMNS}
    assigner_role = content["assigner_role"]
    return LoggedDecision(
        **content
        | {
            "verdict": Verdict(content["verdict"]),
            "practice_role": PracticeRole(content["practice_role"]),
            "responsibility": Responsibility(content["responsibility"]),
            "assigner_role": PracticeRole(assigner_role) if assigner_role is not None else None,
            "rule_ids": tuple(content["rule_ids"]),
        }
    )


def kept_decision(row: Mapping[str, Any]) -> KeptDecision:
    """The object of one row of `decisions` joined with its words, where those are still there."""
    words = row["words"]
    return KeptDecision(row=logged_decision(row), words=read_words(words) if words is not None else None)


def write_words(words: DecisionWords) -> bytes:
    """The erasable half as it is stored."""
    return json.dumps(asdict(words), ensure_ascii=False, separators=(",", ":")).encode()


def read_words(stored: bytes) -> DecisionWords:
    """The erasable half as it was stored."""
    content = json.loads(stored)
    return DecisionWords(text=content["text"], parts=tuple(content["parts"]), input_digest=content["input_digest"])


def boundary_event(row: Mapping[str, Any]) -> BoundaryEvent:
    """The object of one row of `boundary_events`."""
    return BoundaryEvent(
        **dict(row)
        | {
            "practice_role": PracticeRole(row["practice_role"]),
            "setting": Setting(row["setting"]),
            "rule_ids": tuple(row["rule_ids"]),
        }
    )
