"""Whom a referral is meant for: what a wish says, what our tables know of those it names, and who can take it."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.directory import Programme, Worker
from services.referrals.domain.errors import InvalidField, NotFound
from services.referrals.domain.referral import Asks, PartyRef
from services.referrals.domain.referral_policies import Intent
from services.referrals.domain.referral_words import QUALIFIED, Priority, ReferralKind
from shared.contracts.codes import PracticeRole, ReportedBy, Responsibility


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralWish:
    """What somebody wants to refer, in their own words and codes."""

    programme_id: UUID
    person_id: UUID
    need: str
    kind: ReferralKind
    priority: Priority = Priority.ROUTINE
    reported_by: ReportedBy = ReportedBy.STAFF
    recipient_worker_id: UUID | None = None
    recipient_team_id: UUID | None = None
    transition_id: UUID | None = None
    activity: str | None = None
    text: str = ""
    responsibility: Responsibility = Responsibility.ASSIST
    attested_conditions: tuple[str, ...] = ()

    @property
    def addressed(self) -> bool:
        """Whether somebody is named."""
        return self.recipient_worker_id is not None or self.recipient_team_id is not None

    @property
    def asks(self) -> Asks:
        """What is to be done, before anybody has judged it."""
        return Asks(
            activity=self.activity,
            text=self.text,
            responsibility=self.responsibility,
            attested_conditions=self.attested_conditions,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamFacts:
    """A team as a recipient: its organisation, and the roles of its active members."""

    organization_id: UUID
    roles: frozenset[PracticeRole]


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A programme's clinical backup: the team that is called in, and the clinician who stands for it by name.

    `worker_role` is what they are now; None for somebody who has left.
    """

    team_id: UUID
    worker_id: UUID
    team: TeamFacts
    worker_role: PracticeRole | None

    @property
    def stands_by_name(self) -> bool:
        """Whether whoever was named is still here, and still a clinician."""
        return self.worker_role in QUALIFIED[ReferralKind.CRISIS_BRIDGE]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralSurroundings:
    """What one reading of our tables knows of everything a wish names. `None` means: not in this tenant.

    `recipient_available`: neither away, nor known to the person from elsewhere, nor a peer whose credential does not
    count there today; the three are never told apart.
    `person_at_home`: the requester's organisation is their home.
    `person_id` is the record that the person goes by now: another one than was named, where records were joined.
    `person_known` is false also for somebody whom the requester may not know of. `chain` are the workers and teams
    that the referral has passed through already; `duplicate_of` an open referral for the same need.
    """

    programme: Programme | None
    requester: Worker | None
    person_id: UUID
    recipient: Worker | None = None
    recipient_available: bool = True
    team: TeamFacts | None = None
    same_team: bool = False
    backup: Backup | None = None
    person_known: bool = True
    person_at_home: bool = True
    transition_person_id: UUID | None = None
    chain: frozenset[UUID] = frozenset()
    duplicate_of: UUID | None = None


def intent_of(wish: ReferralWish, around: ReferralSurroundings) -> Intent:
    """The wish as a model's rules look at it.

    A crisis asks the team, so it never waits until somebody else is named; whoever is to stand behind a peer is a name.
    """
    backup = around.backup
    by_team = wish.kind is ReferralKind.CRISIS_BRIDGE
    return Intent(
        kind=wish.kind,
        transition_id=wish.transition_id,
        recipient_worker_id=wish.recipient_worker_id,
        recipient_team_id=wish.recipient_team_id,
        asks_anything=wish.asks.anything,
        same_team=around.same_team,
        has_clinical_backup=backup is not None and (by_team or backup.stands_by_name),
    )


def recipient_of(wish: ReferralWish, around: ReferralSurroundings) -> PartyRef:
    """Whom the wish names. Raises NotFound, InvalidField for nobody, or for somebody who cannot take it."""
    if wish.kind is ReferralKind.CRISIS_BRIDGE:
        return _backup_team(wish, around)
    if wish.recipient_worker_id is not None:
        return _recipient_worker(wish, around)
    if wish.recipient_team_id is None:
        raise InvalidField("recipient_required", pointer="/recipient_worker_id")
    if around.team is None:
        raise NotFound("team", pointer="/recipient_team_id")
    _check_somebody_qualified(wish.kind, around.team, pointer="/recipient_team_id")
    return PartyRef(organization_id=around.team.organization_id, team_id=wish.recipient_team_id)


def _recipient_worker(wish: ReferralWish, around: ReferralSurroundings) -> PartyRef:
    worker = around.recipient
    if worker is None:
        raise NotFound("worker", pointer="/recipient_worker_id")
    if wish.recipient_team_id is not None and around.team is None:
        raise NotFound("team", pointer="/recipient_team_id")
    if not worker.active:
        raise InvalidField("worker_left", pointer="/recipient_worker_id")
    if around.requester is not None and worker.id == around.requester.id:
        raise InvalidField("recipient_is_requester", pointer="/recipient_worker_id")
    if worker.practice_role not in QUALIFIED[wish.kind]:
        raise InvalidField("not_qualified", pointer="/recipient_worker_id")
    if not around.recipient_available:
        raise InvalidField("not_available", pointer="/recipient_worker_id")
    return PartyRef(organization_id=worker.organization_id, worker_id=worker.id, team_id=wish.recipient_team_id)


def _backup_team(wish: ReferralWish, around: ReferralSurroundings) -> PartyRef:
    """A crisis bridge goes to the programme's clinical backup, and nobody has to be looked for."""
    if wish.addressed:
        raise InvalidField("recipient_not_wanted", pointer=pointer_of(wish))
    if around.backup is None:
        raise InvalidField("clinical_backup_required", pointer="/programme_id")
    _check_somebody_qualified(wish.kind, around.backup.team, pointer="/programme_id")
    return PartyRef(organization_id=around.backup.team.organization_id, team_id=around.backup.team_id)


def _check_somebody_qualified(kind: ReferralKind, team: TeamFacts, *, pointer: str) -> None:
    if not team.roles & QUALIFIED[kind]:
        raise InvalidField("nobody_qualified_in_team", pointer=pointer)


def pointer_of(wish: ReferralWish) -> str:
    """The field of the request that names the recipient."""
    return "/recipient_worker_id" if wish.recipient_worker_id is not None else "/recipient_team_id"
