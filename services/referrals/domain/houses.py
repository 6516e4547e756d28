"""Who may act for a house (an organisation): for its teams, its programmes, and the people who work there."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from shared.contracts.codes import AccessRole


def acts_for(house: UUID, *, by: Actor, own_house: UUID | None) -> bool:
    """Whether the caller's word counts there: people of the house itself, and administrators of the whole tenant.

    `own_house` is where our own record says that the caller works; None for an account without a worker. What a role may
    do in its own house is asked elsewhere.
    """
    return by.access_role is AccessRole.ADMINISTRATOR or (own_house is not None and own_house == house)
