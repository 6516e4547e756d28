"""Between rows and plain objects, by hand."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifications.domain.codes import EndReason, ItemKind, ItemState
from services.notifications.domain.facts import Fact, StoryKey
from services.notifications.domain.items import Item
from services.notifications.domain.telling import Ending, TellingKey
from services.notifications.use_cases.ports import NewDelivery
from shared.contracts.codes import MilestoneCode, OfferKind, SubjectKind
from shared.contracts.events import EventType

ITEM_COLUMNS = (
    "tenant_id",
    "item_id",
    "story_kind",
    "story_id",
    "subject_kind",
    "subject_id",
    "subject_version",
    "worker_id",
    "occasion",
    "kind",
    "ladder",
    "state",
    "created_at",
    "respond_by",
    "ended_version",
    "ended_reason",
    "clock_id",
)
"""Columns that are written when a telling starts."""


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
    offer_kind, milestone, respond_by = (document.get(name) for name in ("offer_kind", "milestone", "respond_by"))
    return Fact(
        type=EventType(document["type"]),
        subject_kind=SubjectKind(document["subject_kind"]),
        subject_id=UUID(document["subject_id"]),
        version=document["version"],
        recorded_at=datetime.fromisoformat(document["recorded_at"]),
        worker_id=_id(document, "worker_id"),
        assigner_worker_id=_id(document, "assigner_worker_id"),
        by_worker_id=_id(document, "by_worker_id"),
        clock_id=_id(document, "clock_id"),
        milestone=MilestoneCode(milestone) if milestone else None,
        status=document.get("status"),
        step=document.get("step"),
        reason=document.get("reason"),
        offer_number=document.get("offer_number", 0),
        offer_kind=OfferKind(offer_kind) if offer_kind else None,
        ladder=document.get("ladder"),
        respond_by=datetime.fromisoformat(respond_by) if respond_by else None,
    )


def _id(document: dict[str, Any], name: str) -> UUID | None:
    value = document.get(name)
    return UUID(value) if value else None


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
        clock_id=row.clock_id,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        ending=ending,
    )


def item_document(item: Item, *, key: StoryKey) -> dict[str, Any]:
    """An item as JSON, one member per column of ITEM_COLUMNS."""
    ending = item.ending
    return {
        "tenant_id": str(item.tenant_id),
        "item_id": str(item.item_id),
        "story_kind": key.kind.value,
        "story_id": str(key.story_id),
        "subject_kind": item.key.subject_kind.value,
        "subject_id": str(item.key.subject_id),
        "subject_version": item.subject_version,
        "worker_id": str(item.key.worker_id),
        "occasion": item.key.occasion,
        "kind": item.key.kind.value,
        "ladder": item.ladder,
        "state": item.state.value,
        "created_at": item.created_at.isoformat(),
        "respond_by": item.respond_by.isoformat() if item.respond_by else None,
        "ended_version": ending.version if ending else None,
        "ended_reason": ending.reason.value if ending else None,
        "clock_id": str(item.clock_id) if item.clock_id else None,
    }


def delivery_document(delivery: NewDelivery) -> dict[str, Any]:
    """A planned delivery as JSON: what it does not share with its item."""
    return {
        "delivery_id": str(delivery.delivery_id),
        "item_id": str(delivery.item.item_id),
        "step": delivery.step,
        "channel": delivery.channel.value,
        "urgent": delivery.urgent,
        "due_at": delivery.due_at.isoformat(),
        "state": delivery.state.value,
        "code": delivery.code,
        "next_at": delivery.next_at.isoformat() if delivery.next_at else None,
        "lease_token": str(delivery.lease_token) if delivery.lease_token else None,
    }
