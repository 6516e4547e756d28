"""The facts about peers and about a need that matching looks at.

Facts that are private come as a yes or no, never as their cause: what a peer has lived through stays in the database,
which only says whether anything of it is what the person asked for.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.codes import CredentialState


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldCredential:
    """One credential as it stands today; without an endorsement it is general."""

    state: CredentialState
    endorsement: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A peer as the directory knows him. `open_load` counts handoffs offered to or held by him, and open tasks.

    `credentials` are those that count in the programme's jurisdiction. `on_shift`: the programme's roster has him on
    duty now. `free_places` is how many more people he could walk with under the ceiling in force; None where there is
    no ceiling. `conflict`: a dual relationship with this person. `may_be_told`: whether he may be told who the person is,
    because he works where the sender does, or by a consent in force; `asked_unnamed`: the programme's model asks without
    saying who. `meets_wish`: whether something that he lived through, and lets be used, is what the person asked for;
    None where the person asked for nothing.
    """

    worker_id: UUID
    active: bool
    on_team: bool
    credentials: tuple[HeldCredential, ...]
    languages: frozenset[str]
    open_load: int
    last_offered_at: datetime | None
    on_shift: bool = False
    away: bool = False
    supervision_in_the_way: bool = False
    conflict: bool = False
    of_another_organization: bool = False
    may_be_told: bool = True
    asked_unnamed: bool = False
    free_places: int | None = None
    knows_setting: bool = False
    meets_wish: bool | None = None

    @property
    def is_there(self) -> bool:
        """Neither away nor kept away by knowing the person from elsewhere: the two are never told apart."""
        return not self.away and not self.conflict

    @property
    def may_be_asked(self) -> bool:
        """Asking tells nobody who it is who may not know: 42 CFR Part 2 is taken to apply where nobody has said."""
        return self.may_be_told or self.asked_unnamed


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What is asked for. `asked_before` declined or did not answer; `preferred` are tried first, in order.

    `off_hours`: the programme is closed now. Then only those on shift are asked: nobody is woken who is not on call.
    """

    endorsements: frozenset[str]
    language: str
    asked_before: frozenset[UUID] = frozenset()
    preferred: tuple[UUID, ...] = ()
    off_hours: bool = False
