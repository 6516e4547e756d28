"""Between rows and plain objects, by hand."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifications.domain.codes import EndReason, ItemKind, ItemState
from services.notifications.domain.facts import Fact
from services.notifications.domain.items import Item
from services.notifications.domain.tellings import Ending, TellingKey
from shared.contracts.codes import OfferKind, SubjectKind
from shared.contracts.events import EventType


def fact_document(fact: Fact) -> dict[str, Any]:
    """A fact as JSON; what is None is left out."""
    document: dict[str, Any] = {}
    for name in (field.name for field in fields(fact)):
        value = getattr(fact, name)
        if isinstance(value, datetime):
            document[name] = value.isoformat()
        elif value is not None:
            document[name] = value if isinstance(value, int) else str(value)
    return document


def fact_of(document: dict[str, Any]) -> Fact:
    """The reverse."""
    worker_id, assigner = document.get("worker_id"), document.get("assigner_worker_id")
    offer_kind, respond_by = document.get("offer_kind"), document.get("respond_by")
    return Fact(
        type=EventType(document["type"]),
        subject_kind=SubjectKind(document["subject_kind"]),
        subject_id=UUID(document["subject_id"]),
        version=document["version"],
        recorded_at=datetime.fromisoformat(document["recorded_at"]),
        worker_id=UUID(worker_id) if worker_id else None,
        assigner_worker_id=UUID(assigner) if assigner else None,
        offer_number=document.get("offer_number", 0),
        offer_kind=OfferKind(offer_kind) if offer_kind else None,
        ladder=document.get("ladder"),
        respond_by=datetime.fromisoformat(respond_by) if respond_by else None,
    )


def item_of(row: Any) -> Item:
    """An item from a row of the items table."""
    ending = None
    if row.ended_version is not None:
        ending = Ending(row.ended_version, EndReason(row.ended_reason))
    return Item(
        item_id=row.item_id,
        tenant_id=row.tenant_id,
        key=TellingKey(SubjectKind(row.subject_kind), row.subject_id, row.worker_id, row.occasion, ItemKind(row.kind)),
        ladder=row.ladder,
        state=ItemState(row.state),
        subject_version=row.subject_version,
        created_at=row.created_at,
        respond_by=row.respond_by,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        ending=ending,
    )
