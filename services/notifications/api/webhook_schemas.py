"""What goes over the wire about webhooks and providers, to administrators' clients."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.notifications.domain.codes import Channel, DeliveryState
from services.notifications.domain.endpoints import Endpoint, EndpointState, PauseCode
from services.notifications.domain.explanations import explain_call
from services.notifications.domain.gates import Gate, GateState
from services.notifications.use_cases.webhook_ports import CallView
from shared.clock import Clock
from shared.contracts.events import EventType


class EndpointBody(BaseModel):
    """An address to be told. `organization_id` is whose system it is; `contact_worker_id` is written to when it is paused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(min_length=8, max_length=500)]
    event_types: Annotated[tuple[EventType, ...], Field(max_length=len(EventType))]
    organization_id: UUID
    contact_worker_id: UUID | None = None


class EndpointRecord(BaseModel):
    """An endpoint. `failures` are in a row; `former_secret_until` is until when the secret before the present one signs too."""

    model_config = ConfigDict(frozen=True)

    endpoint_id: UUID
    version: int
    url: str
    event_types: tuple[EventType, ...]
    organization_id: UUID
    contact_worker_id: UUID | None
    state: EndpointState
    pause_code: PauseCode | None
    failures: int
    failing_since: AwareDatetime | None
    former_secret_until: AwareDatetime | None
    created_at: AwareDatetime
    changed_at: AwareDatetime

    @classmethod
    def of(cls, endpoint: Endpoint) -> "EndpointRecord":
        """The endpoint without its secret."""
        return cls(**{name: getattr(endpoint, name) for name in EndpointRecord.model_fields})


class EndpointSecret(EndpointRecord):
    """The same with its secret, which is shown when it is made and never again."""

    secret: str

    @classmethod
    def shown(cls, endpoint: Endpoint, *, secret: str) -> "EndpointSecret":
        """For the answer that makes it."""
        return cls(**EndpointRecord.of(endpoint).model_dump(), secret=secret)


class CallRecord(BaseModel):
    """One call. `event_id` is what the other side sees as `webhook-id` (`msg_…`), in every try and every replay."""

    model_config = ConfigDict(frozen=True)

    call_id: UUID
    event_id: UUID
    event_type: str
    subject_id: UUID
    state: DeliveryState
    code: str | None
    explanation: str
    attempts: int
    next_try_at: AwareDatetime | None
    told_at: AwareDatetime
    changed_at: AwareDatetime

    @classmethod
    def of(cls, view: CallView) -> "CallRecord":
        """The call as administrators see it."""
        return cls(
            call_id=view.call_id,
            event_id=view.event_id,
            event_type=view.event_type,
            subject_id=view.subject_id,
            state=view.state,
            code=view.code,
            explanation=explain_call(view.state, code=view.code),
            attempts=view.attempts,
            next_try_at=view.next_at,
            told_at=view.told_at,
            changed_at=view.changed_at,
        )


class ReplayBody(BaseModel):
    """A time: facts that reached us from `since` until before `until` are told again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime
    until: AwareDatetime


class Replayed(BaseModel):
    """How many calls are made again."""

    model_config = ConfigDict(frozen=True)

    count: int


class ProviderRecord(BaseModel):
    """How a provider stands: `open` means that nothing is sent that way until `open_until`; messages wait or go another way."""

    model_config = ConfigDict(frozen=True)

    channel: Channel
    state: GateState
    since: AwareDatetime | None
    open_until: AwareDatetime | None
    limited_until: AwareDatetime | None
    messages_per_minute: int
    failures: int

    @classmethod
    def of(cls, gate: Gate, *, clock: Clock) -> "ProviderRecord":
        """As of now."""
        return cls(
            channel=gate.channel,
            state=gate.state(clock.now()),
            since=gate.changed_at,
            open_until=gate.open_until,
            limited_until=gate.limited_until,
            messages_per_minute=gate.per_minute,
            failures=gate.failures,
        )
