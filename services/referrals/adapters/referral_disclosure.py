"""The one place that says what somebody outside sees of the person: a consent that covers the referral.

Consent records are built after this; until they exist nothing covers anything, so nothing identified is disclosed to
whoever was sent a de-identified offer. Whoever builds them replaces `NothingDisclosed` where `main.py` names it.
"""

from typing import Protocol

import sqlalchemy as sa


class DisclosureRule(Protocol):
    """Decided inside the query, so that what may not be seen is never read."""

    def covers(self, referrals: sa.FromClause) -> sa.ColumnElement[bool]:
        """Whether a consent in force covers telling the recipient of this referral who the person is."""
        ...


class NothingDisclosed:
    """There is no consent record yet: fail closed."""

    def covers(self, referrals: sa.FromClause) -> sa.ColumnElement[bool]:
        """Never."""
        return sa.false()
