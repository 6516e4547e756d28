"""Requests and answers about transitions."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import StringConstraints, model_validator

from services.referrals.api.directory_schemas import PersonRequest
from services.referrals.api.fields import Instant, RequestBody, View
from services.referrals.domain.actor import Actor
from services.referrals.domain.custody import CustodyCause, CustodyEntry
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.transition_states import TransitionReason, TransitionStatus
from services.referrals.domain.transitions import NO_VISIT, Transition
from services.referrals.use_cases.handoff_ports import Reading, TransitionLine
from services.referrals.use_cases.plan_transition import NewTransition
from services.referrals.use_cases.register_person import NewPerson
from shared.identifiers import new_id

VisitReference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")
]
"""The visit's number in the source system: printable ASCII without spaces."""


class TransitionRequest(RequestBody):
    """Planned for a time to come (`expected_at`), or discharged already (`occurred_at`, now where absent).

    `person` instead of `person_id` takes somebody new down in the same commit: a refusal leaves nobody behind.
    """

    person_id: UUID | None = None
    person: PersonRequest | None = None
    programme_id: UUID
    status: Literal[TransitionStatus.PLANNED, TransitionStatus.DISCHARGED] = TransitionStatus.PLANNED
    expected_at: Instant | None = None
    occurred_at: Instant | None = None
    visit_reference: VisitReference | None = None
    sender_worker_id: UUID | None = None

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        if (self.person_id is None) == (self.person is None):
            raise ValueError("person_id or person")
        return self

    @property
    def newcomer(self) -> NewPerson | None:
        """Who is taken down with it."""
        return None if self.person is None else NewPerson(**dict(self.person))

    def new(self) -> NewTransition:
        """The same, in the language of the use case."""
        return NewTransition(
            person_id=self.person_id or new_id(),
            programme_id=self.programme_id,
            status=self.status,
            expected_at=self.expected_at,
            occurred_at=self.occurred_at,
            visit_reference=self.visit_reference,
            sender_worker_id=self.sender_worker_id,
        )


class ReplanRequest(RequestBody):
    """The discharge is expected at another time."""

    expected_at: Instant
    occurred_at: Instant | None = None


class DischargeRequest(RequestBody):
    """The person left at `occurred_at` (now where absent)."""

    occurred_at: Instant | None = None


class EndTransitionRequest(RequestBody):
    """Why a transition is cancelled or retracted."""

    reason: TransitionReason
    occurred_at: Instant | None = None


class CustodyView(View):
    """One line of who held the person, since when, and why."""

    sequence: int
    from_worker_id: UUID | None
    to_worker_id: UUID
    cause: CustodyCause
    by_worker_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, entry: CustodyEntry) -> Self:
        """A line as it is shown."""
        return cls(
            sequence=entry.sequence,
            from_worker_id=entry.from_worker_id,
            to_worker_id=entry.to_worker_id,
            cause=entry.cause,
            by_worker_id=entry.by_worker_id,
            occurred_at=entry.at.occurred_at,
            recorded_at=entry.at.recorded_at,
        )


class TransitionView(View):
    """A transition and who is accountable for it now.

    `person_id` and `visit_reference` are for the house that sends the person. Whoever is asked to walk on reads of the
    person where the handoff is told, as far as a consent goes and with its notice.
    """

    id: UUID
    version: int
    status: TransitionStatus
    person_id: UUID | None
    programme_id: UUID
    visit_reference: str | None
    sender_worker_id: UUID | None
    owner_worker_id: UUID
    owner_since: datetime
    expected_at: datetime | None
    discharged_at: datetime | None
    loop_closed_at: datetime | None
    protocol: str

    @classmethod
    def of(cls, line: TransitionLine) -> Self:
        """A transition as a list shows it."""
        return cls.model_validate(cls.fields_of(line.transition, tells=line.tells))

    @staticmethod
    def fields_of(transition: Transition, *, tells: bool) -> dict[str, object]:
        """What every view of a transition shows."""
        visit = None if transition.visit_reference == NO_VISIT else transition.visit_reference
        return {
            "id": transition.id,
            "version": transition.version,
            "status": transition.status,
            "person_id": transition.person_id if tells else None,
            "programme_id": transition.programme_id,
            "visit_reference": visit if tells else None,
            "sender_worker_id": transition.sender_worker_id,
            "owner_worker_id": transition.owner_worker_id,
            "owner_since": transition.custody.since,
            "expected_at": transition.expected_at,
            "discharged_at": transition.discharged_at,
            "loop_closed_at": transition.loop_closed_at,
            "protocol": f"{transition.protocol_code}@{transition.protocol_version}",
        }


class TransitionReceipt(TransitionView):
    """The answer to a command; `handoff_version` is what the handoff's next command must name."""

    handoff_id: UUID
    handoff_version: int
    handoff_state: str

    @classmethod
    def of_journey(cls, journey: Journey, *, by: Actor) -> Self:
        """What became of the transition and its handoff, as far as the caller may know."""
        handoff = journey.handoff
        return cls.model_validate(
            cls.fields_of(journey.transition, tells=journey.sent_by_house_of(by))
            | {"handoff_id": handoff.id, "handoff_version": handoff.version, "handoff_state": handoff.state.value}
        )


class TransitionReading(TransitionReceipt):
    """One transition with its custody line, oldest first."""

    custody: tuple[CustodyView, ...]

    @classmethod
    def of_reading(cls, reading: Reading, *, by: Actor) -> Self:
        """A transition as its page shows it to this caller."""
        receipt = TransitionReceipt.of_journey(reading.journey, by=by)
        custody = tuple(CustodyView.of(entry) for entry in reading.custody)
        return cls.model_validate(receipt.model_dump() | {"custody": custody})
