"""A role counts in its own house: on which sides of a handoff somebody's house stands, and what their role is worth there.

The house that sends plans, changes and reads its own journeys. The one that is asked to walk on reads its part of them
and answers for itself; whom they are about it learns by a consent only (docs/decisions/0015).
"""

from enum import StrEnum

from services.referrals.domain.actor import CLINICAL, Actor
from services.referrals.domain.handoff_moves import Party
from shared.contracts.codes import AccessRole


class Side(StrEnum):
    """Where a house stands; within one house it is on both."""

    SENDS = "sends"
    """Whoever sent the person works there, or whoever is on duty for the programme where nobody did."""
    RECEIVES = "receives"
    """It runs the programme, or the handoff or custody lies with somebody of it."""


def sides_of(actor: Actor, *, house: frozenset[Side]) -> frozenset[Side]:
    """`house`, by our own record of where they work. Administrators are at home in the whole network."""
    return frozenset(Side) if actor.access_role is AccessRole.ADMINISTRATOR else house


def parties_by_role(actor: Actor, *, house: frozenset[Side]) -> frozenset[Party]:
    """What a role makes of an account, whoever else it may be to the handoff."""
    found, sides = set[Party](), sides_of(actor, house=house)
    if actor.access_role is AccessRole.SYSTEM:
        found.add(Party.SYSTEM)
    if Side.SENDS in sides and actor.access_role in CLINICAL:
        found.add(Party.CLINICAL)
    if Side.SENDS in sides and actor.supervises:
        found.add(Party.SUPERVISOR)
    if Side.RECEIVES in sides and actor.sees_whole_tenant:
        found.add(Party.RECEIVING)
    return frozenset(found)
