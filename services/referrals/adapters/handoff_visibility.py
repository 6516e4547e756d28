"""How a handoff makes a worker party to a person."""

from uuid import UUID

import sqlalchemy as sa

from services.referrals.adapters.handoff_tables import handoffs, transitions
from services.referrals.adapters.referral_disclosure import fell_away
from services.referrals.domain.handoff_states import HandoffState

_WITH_A_WORKER = (HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.INTRODUCED, HandoffState.CONTACTED)


def has_a_handoff_about(people: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    """A handoff of this person lies with the worker now: he is asked, or has accepted."""
    return sa.exists().where(
        transitions.c.tenant_id == people.c.tenant_id,
        transitions.c.person_id == people.c.id,
        handoffs.c.tenant_id == transitions.c.tenant_id,
        handoffs.c.transition_id == transitions.c.id,
        handoffs.c.worker_id == worker_id,
        handoffs.c.state.in_([state.value for state in _WITH_A_WORKER]),
        sa.not_(
            fell_away(
                transitions.c.person_id,
                handoffs.c.worker_id,
                sender_id=transitions.c.origin_worker_id,
                tenant_id=handoffs.c.tenant_id,
                row=handoffs,
                beside=(transitions,),
            )
        ),
    )
