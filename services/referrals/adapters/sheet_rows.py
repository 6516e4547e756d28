"""Sheets as JSON, and JSON as sheets. What was kept is read leniently in nothing: a shape we do not know is an error."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.sheet import PartWords, Revision, Said
from services.referrals.domain.sheet_parts import CONTENT_OF, Content, SheetPart
from shared.contracts.codes import ReportedBy

Row = Mapping[str, Any]


def revision_row(revision: Revision) -> dict[str, Any]:
    """The row of a revision."""
    return {
        "tenant_id": revision.tenant_id,
        "handoff_id": revision.handoff_id,
        "version": revision.version,
        "id": revision.id,
        "said": {part.value: _document(part, words) for part, words in revision.said.items()},
        "by_worker_id": revision.by_worker_id,
        "occurred_at": revision.at.occurred_at,
        "recorded_at": revision.at.recorded_at,
    }


def revision_of(row: Row) -> Revision:
    """A revision from its row."""
    return Revision(
        **{name: row[name] for name in ("id", "tenant_id", "handoff_id", "version", "by_worker_id")},
        said={SheetPart(part): _words(SheetPart(part), document) for part, document in row["said"].items()},
        at=_moment(row),
    )


def said_of(rows: Iterable[Row]) -> dict[SheetPart, Said]:
    """What stands, from rows of one part each; in the order of the sheet."""
    found = {
        SheetPart(row["part"]): Said(
            words=_words(SheetPart(row["part"]), row["document"]),
            version=row["said_in"],
            by_worker_id=row["by_worker_id"],
            at=_moment(row),
        )
        for row in rows
    }
    return {part: found[part] for part in SheetPart if part in found}


def _moment(row: Row) -> Moment:
    return Moment(occurred_at=row["occurred_at"], recorded_at=row["recorded_at"])


def _document(part: SheetPart, words: PartWords) -> dict[str, Any]:
    content = None if words.content is None else _shape(part).dump_python(words.content, mode="json")
    return {"reported_by": words.reported_by.value, "content": content}


def _words(part: SheetPart, document: Row) -> PartWords:
    content = document["content"]
    return PartWords(
        content=None if content is None else _shape(part).validate_python(content),
        reported_by=ReportedBy(document["reported_by"]),
    )


@cache
def _shape(part: SheetPart) -> TypeAdapter[Content]:
    return TypeAdapter(CONTENT_OF[part])
