"""How a handoff makes a worker party to a person, and who of its readers is told whom it is about."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.referrals.adapters.handoff_tables import SENDS, handoffs, transitions
from services.referrals.adapters.model_files import codes_of_naming_models
from services.referrals.adapters.referral_visibility import organization_of
from services.referrals.adapters.tables import programmes, workers
from services.referrals.adapters.worker_disclosure import told_across, work_together
from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import Information
from services.referrals.domain.handoff_states import HandoffState
from shared.contracts.codes import AccessRole

_WITH_A_WORKER = (HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.INTRODUCED, HandoffState.CONTACTED)
_OF_A_PERSON = (Information.IDENTITY, Information.CONTACT)
"""What a person's own record shows."""

_TELL: dict[str, Any] = {
    "sender_id": SENDS,
    "tenant_id": handoffs.c.tenant_id,
    "row": handoffs,
    "beside": (transitions, programmes),
}
"""How whoever has a handoff is told of its person."""


def has_a_handoff_about(people: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    """A handoff of this person lies with the worker now, and the worker may know who it is."""
    return sa.exists().where(
        transitions.c.tenant_id == people.c.tenant_id,
        transitions.c.person_id == people.c.id,
        _lies_with(worker_id),
        sa.or_(_with_the_sender(), sa.and_(_named_by_now(), _told_the_record().is_not(None))),
    )


def a_colleague_walks_with(people: sa.Table, *, by: Actor) -> sa.ColumnElement[bool]:
    """Somebody of the caller's house has accepted a handoff of this person that is still open, and may know who it is."""
    return sa.exists().where(
        transitions.c.tenant_id == people.c.tenant_id,
        transitions.c.person_id == people.c.id,
        _is_theirs(handoffs.c.worker_id.in_(_colleagues(by))),
        handoffs.c.accepted_at.is_not(None),
        sa.or_(_with_the_sender(), _told_the_record().is_not(None)),
    )


def handoffs_that_open_records(worker_id: UUID) -> sa.Select[Any]:
    """Those on which the worker reads a person's record by a consent: `id`, and the consent as JSON (`basis`)."""
    return sa.select(handoffs.c.id, _told_the_record().label("basis")).where(
        _lies_with(worker_id), sa.not_(_with_the_sender()), _named_by_now()
    )


def knows_by_itself(by: Actor) -> sa.ColumnElement[bool]:
    """Whether a reader of the handoff in the row at hand knows who it is without a consent: whoever works where the sender does."""
    if by.access_role is AccessRole.ADMINISTRATOR:
        return sa.true()
    worker = sa.literal(by.worker_id, type_=sa.Uuid)
    return work_together(
        worker, sender_id=SENDS, tenant_id=transitions.c.tenant_id, row=transitions, beside=(handoffs, programmes)
    )


def receives(by: Actor) -> sa.ColumnElement[bool]:
    """Whether the handoff in the row at hand is into a programme of the reader's house, or lies with somebody of it."""
    own = organization_of(by)
    return sa.or_(
        programmes.c.organization_id == own,
        handoffs.c.worker_id.in_(_colleagues(by)),
        transitions.c.owner_worker_id.in_(_colleagues(by)),
    )


def is_known_in_the_house_of(by: Actor) -> sa.ColumnElement[bool]:
    """Whether the reader's house has any part in it, for lists: who works there is read once."""
    if by.access_role is AccessRole.ADMINISTRATOR:
        return sa.true()
    return sa.or_(SENDS.in_(_colleagues(by)), receives(by))


def told_by_consent(by: Actor) -> sa.ColumnElement[Any]:
    """The consent on which a reader elsewhere is told, as JSON; NULL where there is none."""
    told = told_across(
        transitions.c.person_id,
        sa.literal(by.worker_id, type_=sa.Uuid),
        sender_id=SENDS,
        tenant_id=transitions.c.tenant_id,
        row=transitions,
        beside=(handoffs, programmes),
        ends=handoffs,
    )
    return sa.case((_named_by_now(), told), else_=None)


def _colleagues(by: Actor) -> sa.Select[tuple[UUID]]:
    house = workers.c.organization_id == organization_of(by)
    return sa.select(workers.c.id).where(workers.c.tenant_id == by.tenant_id, house)


def _lies_with(worker_id: UUID) -> sa.ColumnElement[bool]:
    """The handoff at hand, with its transition and programme, lies with the worker now."""
    return _is_theirs(handoffs.c.worker_id == worker_id)


def _is_theirs(held: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.and_(
        handoffs.c.tenant_id == transitions.c.tenant_id,
        handoffs.c.transition_id == transitions.c.id,
        held,
        handoffs.c.state.in_([state.value for state in _WITH_A_WORKER]),
        programmes.c.tenant_id == transitions.c.tenant_id,
        programmes.c.id == transitions.c.programme_id,
    )


def _with_the_sender() -> sa.ColumnElement[bool]:
    return work_together(handoffs.c.worker_id, **_TELL)


def _told_the_record() -> sa.ColumnElement[Any]:
    return told_across(transitions.c.person_id, handoffs.c.worker_id, information=_OF_A_PERSON, **_TELL)


def _named_by_now() -> sa.ColumnElement[bool]:
    """A partner that is asked without a name is not told before it has accepted, consent or not."""
    return sa.or_(handoffs.c.accepted_at.is_not(None), programmes.c.integration_model.in_(codes_of_naming_models()))
