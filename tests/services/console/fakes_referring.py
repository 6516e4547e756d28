"""Referrals and teams in memory: what they tell can be set, what they were told can be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_referral import Referral, ReferralLine, ReferralMade, SharedPlan
from services.console.domain.told_team import Absence, Backup, Capacity, Huddle, Matches, MayDo, Protocol, Shift, Team
from services.console.domain.told_timeline import Timeline
from services.console.use_cases.ports import Refused, Unreachable
from shared.contracts.paging import Page
from shared.identifiers import new_id
from tests.services.console.fakes import HOSPITAL, NOW, NURSE, PEER, PROGRAMME

TEAM = new_id()


def referral(**changes: Any) -> Referral:
    """A referral that the peer is asked about by name."""
    content: dict[str, Any] = dict.fromkeys(Referral.model_fields)
    content |= {
        "id": new_id(),
        "version": 4,
        "status": "requested",
        "business_status": "none",
        "programme_id": PROGRAMME,
        "model": "co_located",
        "need": "peer_support",
        "kind": "peer_service",
        "priority": "routine",
        "requester": {"worker_id": NURSE, "team_id": None},
        "recipient": {"worker_id": PEER, "team_id": None},
        "respond_by": NOW + timedelta(hours=5),
        "identified": True,
        "person": {"person_id": new_id(), "called": "Wren T.", "language": "en", "contact_preference": "call"},
        "you_are": ("recipient",),
        "reported_by": "staff",
        "recorded_at": NOW,
        "chart_sharing": "none",
        "phases": (),
        "children": (),
        "history": (),
        "notes": (),
    }
    return Referral.model_validate(content | changes)


def line_of(one: Referral) -> ReferralLine:
    """The same in a list."""
    names = set(ReferralLine.model_fields) - {
        "person_id",
        "called",
        "requester_worker_id",
        "owner_worker_id",
        "team_id",
    }
    return ReferralLine(
        **{name: getattr(one, name) for name in names},
        requester_worker_id=one.requester_worker_id,
        owner_worker_id=one.owner_worker_id,
        team_id=one.team_id,
        person_id=one.person.person_id if one.person else None,
        called=one.person.called if one.person else None,
    )


@dataclass
class FakeReferring:
    """`commands` has (path, body, version, key); `refuse` answers the next one."""

    known: list[Referral] = field(default_factory=list)
    commands: list[tuple[str, dict[str, Any], int, str]] = field(default_factory=list)
    refuse: Refused | None = None
    plan: SharedPlan | None = None
    told: Timeline = field(default_factory=lambda: Timeline(entries=(), custody=(), gap=None))

    def _note(self, path: str, body: Mapping[str, Any], version: int, key: str) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.commands.append((path, dict(body), version, key))

    async def referrals(
        self,
        by: Session,
        *,
        order: str | None = None,
        status: str | None = None,
        mine: bool = False,
        asked: bool = False,
        team: UUID | None = None,
        person: UUID | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[ReferralLine]:
        """In the order in which they are known; a cursor is the number of those before it."""
        found = [
            one
            for one in map(line_of, self.known)
            if (order != "due" or one.status == "requested")
            and (order != "offer_again" or one.offer_again_at is not None)
            and status in (None, one.status)
            and (not mine or one.owner_worker_id == by.worker_id)
            and (not asked or one.requester_worker_id == by.worker_id)
            and team in (None, one.team_id)
            and person in (None, one.person_id)
        ]
        start = int(cursor or 0)
        rest = start + limit < len(found)
        return Page(items=found[start : start + limit], next_cursor=str(start + limit) if rest else None)

    async def referral(self, referral_id: UUID, *, by: Session) -> Referral:
        for one in self.known:
            if one.id == referral_id:
                return one
        raise Refused("referrals", status=404, code="not_found", document={})

    async def shared_plan(self, referral_id: UUID, *, by: Session) -> SharedPlan:
        if self.plan is None:
            raise Refused("referrals", status=404, code="not_found", document={})
        return self.plan

    async def refer(self, body: Mapping[str, Any], *, key: str, by: Session) -> ReferralMade:
        self._note("/referrals", body, 0, key)
        return ReferralMade(id=new_id(), status="requested", duplicate_of=None)

    async def step(
        self, referral_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None:
        self._note(f"/{command}", body, version, key)

    async def reroute(
        self, referral_id: UUID, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> ReferralMade:
        self._note("/reroute", body, version, key)
        return ReferralMade(id=new_id(), status="requested", duplicate_of=None)

    async def pass_on(self, referral_id: UUID, *, body: Mapping[str, Any], key: str, by: Session) -> ReferralMade:
        self._note(f"/{referral_id}/pass-on", body, 0, key)
        return ReferralMade(id=new_id(), status="requested", duplicate_of=None)

    async def feedback(self, referral_id: UUID, text: str, *, key: str, by: Session) -> None:
        self._note("/feedback", {"text": text}, 0, key)

    async def timeline(self, handoff_id: UUID, *, by: Session) -> Timeline:
        return self.told

    async def candidates(self, handoff_id: UUID, *, by: Session) -> Matches:
        return Matches.model_validate(
            {
                "offered": [{"worker_id": PEER, "because": ["speaks the language"]}],
                "not_offered": [{"worker_id": NURSE, "reason": "not_available"}],
            }
        )


@dataclass
class FakeTeams:
    """One team with the peer in it. `refusal` answers the next thing that only its house may change or see."""

    members: tuple[UUID, ...] = (PEER,)
    run_by: UUID = HOSPITAL
    day: list[Referral] = field(default_factory=list)
    answers: list[MayDo] | None = None
    kept: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    on_call: list[Shift] = field(default_factory=list)
    agreed: Protocol | None = None
    away: list[Absence] = field(default_factory=list)
    called_in: Backup | None = None
    refusal: Refused | None = None

    def _ours(self) -> None:
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise refusal

    async def teams(self, by: Session) -> list[Team]:
        return [Team(id=TEAM, organization_id=self.run_by, name="Bridge team", member_worker_ids=self.members)]

    async def huddle(self, team_id: UUID, *, by: Session) -> Huddle:
        return Huddle(items=tuple(line_of(one) for one in self.day), more=False)

    async def who_may(
        self, team_id: UUID, *, programme_id: UUID, text: str, responsibility: str, by: Session
    ) -> list[MayDo]:
        if self.answers is None:
            raise Unreachable("referrals")
        return self.answers

    async def protocol(self, programme_id: UUID, *, by: Session) -> Protocol:
        if self.agreed is None:
            raise Refused("referrals", status=404, code="not_found", document={})
        return self.agreed

    async def capacity(self, programme_id: UUID, *, by: Session) -> Capacity:
        return Capacity(status="has_capacity", as_of=NOW)

    async def shifts(self, programme_id: UUID, *, by: Session) -> list[Shift]:
        return self.on_call

    async def put_on_call(self, programme_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None:
        self._ours()
        self.kept.append(("shift", dict(body)))

    async def end_shift(self, programme_id: UUID, shift_id: UUID, *, version: int, key: str, by: Session) -> None:
        self.kept.append(("end", {"version": version}))

    async def step_back(self, worker_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None:
        self._ours()
        self.kept.append(("absence", dict(body)))

    async def absences(self, worker_id: UUID, *, by: Session) -> list[Absence]:
        self._ours()
        return [one for one in self.away if one.worker_id == worker_id]

    async def come_back(self, worker_id: UUID, absence_id: UUID, *, version: int, key: str, by: Session) -> None:
        if absence_id not in {one.id for one in self.away}:
            raise Refused("referrals", status=412, code="stale", document={})
        self.kept.append(("back", {"worker_id": worker_id, "absence_id": absence_id, "version": version}))

    async def backup(self, programme_id: UUID, *, by: Session) -> Backup | None:
        return self.called_in

    async def name_backup(self, programme_id: UUID, *, team_id: UUID, worker_id: UUID, key: str, by: Session) -> None:
        self._ours()
        self.kept.append(("backup", {"team_id": team_id, "worker_id": worker_id}))
