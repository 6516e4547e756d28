"""What goes over the wire to people's clients."""

from datetime import time
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.notifications.domain.claim_links import MAX_TOKEN_CHARACTERS
from services.notifications.domain.codes import MESSAGES, Channel, DeliveryState, EndReason, ItemKind, ItemState
from services.notifications.domain.contact_points import MAX_ADDRESS_CHARACTERS, ContactPoints
from services.notifications.domain.explanations import explain
from services.notifications.domain.items import Item
from services.notifications.domain.receipts import Receipt
from services.notifications.domain.wording import TITLES
from services.notifications.use_cases.ports import DeliveryView
from shared.contracts.codes import SubjectKind


class ClaimBody(BaseModel):
    """The end of a link's address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TOKEN_CHARACTERS)]


class InboxItem(BaseModel):
    """One item. `seen_at` says that it was seen, nothing more; `respond_by` is when silence counts as an answer."""

    model_config = ConfigDict(frozen=True)

    item_id: UUID
    kind: ItemKind
    title: str
    subject_kind: SubjectKind
    subject_id: UUID
    state: ItemState
    created_at: AwareDatetime
    respond_by: AwareDatetime | None
    seen_at: AwareDatetime | None
    ended_reason: EndReason | None

    @classmethod
    def of(cls, item: Item) -> "InboxItem":
        """The item as its owner sees it."""
        return cls(
            item_id=item.item_id,
            kind=item.key.kind,
            title=TITLES[item.key.kind],
            subject_kind=item.key.subject_kind,
            subject_id=item.key.subject_id,
            state=item.state,
            created_at=item.created_at,
            respond_by=item.respond_by,
            seen_at=item.seen_at,
            ended_reason=item.ending.reason if item.ending else None,
        )


class DeliveryRecord(BaseModel):
    """One delivery. `channel` is the way it went or is about to go; `receipt` is what the provider said since. `explanation` says in plain words why it was or was not sent and whether it will be tried again."""

    model_config = ConfigDict(frozen=True)

    delivery_id: UUID
    kind: ItemKind
    worker_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    ladder: str
    step: int
    channel: Channel
    state: DeliveryState
    code: str | None
    explanation: str
    due_at: AwareDatetime
    next_try_at: AwareDatetime | None
    attempts: int
    receipt: Receipt | None
    changed_at: AwareDatetime

    @classmethod
    def of(cls, view: DeliveryView) -> "DeliveryRecord":
        """The delivery as operators see it."""
        waiting = view.state in (DeliveryState.PLANNED, DeliveryState.RETRY)
        return cls(
            delivery_id=view.delivery_id,
            kind=view.kind,
            worker_id=view.worker_id,
            subject_kind=view.subject_kind,
            subject_id=view.subject_id,
            ladder=view.ladder,
            step=view.step,
            channel=view.channel,
            state=view.state,
            code=view.code,
            explanation=explain(view.state, code=view.code, receipt=view.receipt),
            due_at=view.due_at,
            next_try_at=view.next_at if waiting else None,
            attempts=view.attempts,
            receipt=view.receipt,
            changed_at=view.changed_at,
        )


Minute = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A wall-clock time, `HH:MM`."""


class ContactPointsBody(BaseModel):
    """How a worker wants to be reached. `phone` is E.164; texts are off until switched on. `channel_order` is which way is
    tried first; the others follow where its provider does not work. Quiet hours are local times in `time_zone` (IANA), and may pass midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Annotated[str, Field(min_length=3, max_length=MAX_ADDRESS_CHARACTERS)] | None = None
    email_on: bool = True
    quiet_start: Minute | None = None
    quiet_end: Minute | None = None
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] = "UTC"
    urgent_passes_quiet_hours: bool = False
    phone: Annotated[str, Field(min_length=3, max_length=16)] | None = None
    sms_on: bool = False
    channel_order: Annotated[tuple[Channel, ...], Field(max_length=len(MESSAGES))] = MESSAGES
    weekly_summary_on: bool = True

    @classmethod
    def of(cls, points: ContactPoints) -> "ContactPointsBody":
        """Contact points as they are read."""
        return cls(
            email=points.email,
            email_on=points.email_on,
            quiet_start=points.quiet_start.isoformat("minutes") if points.quiet_start else None,
            quiet_end=points.quiet_end.isoformat("minutes") if points.quiet_end else None,
            time_zone=points.time_zone,
            urgent_passes_quiet_hours=points.urgent_passes_quiet_hours,
            phone=points.phone,
            sms_on=points.sms_on,
            channel_order=points.channel_order,
            weekly_summary_on=points.weekly_summary_on,
        )

    def as_points(self, *, tenant_id: UUID, worker_id: UUID) -> ContactPoints:
        """Contact points as they are asked for, unchecked."""
        return ContactPoints(
            tenant_id=tenant_id,
            worker_id=worker_id,
            email=self.email,
            email_on=self.email_on,
            quiet_start=time.fromisoformat(self.quiet_start) if self.quiet_start is not None else None,
            quiet_end=time.fromisoformat(self.quiet_end) if self.quiet_end is not None else None,
            time_zone=self.time_zone,
            urgent_passes_quiet_hours=self.urgent_passes_quiet_hours,
            phone=self.phone,
            sms_on=self.sms_on,
            channel_order=self.channel_order,
            weekly_summary_on=self.weekly_summary_on,
        )
