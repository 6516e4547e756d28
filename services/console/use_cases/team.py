"""One team: who is in it, what it talks about today, and who of it may do something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.console.domain import told
from services.console.domain.referral_next import Next, is_late, next_of
from services.console.domain.session import SUPERVISING, Session
from services.console.domain.told_referral import ReferralLine
from services.console.domain.told_team import Huddle, MayDo, Team
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Refused, Unreachable
from services.console.use_cases.referring_ports import Teams

MAX_QUESTION = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """ "Who of this team may do this?" as typed, and the answer; `silent` where nobody could say just now."""

    programme_id: str = ""
    text: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    answer: Sequence[MayDo] | None = None
    silent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamPage:
    """`huddle` is absent for those who have nothing to do with the team; `ours` says whether the visitor acts for its house."""

    team: Team
    members: Sequence[told.Worker]
    huddle: Huddle | None
    ours: bool

    def next(self, line: ReferralLine, *, now: datetime) -> Next | None:
        """Who acts next on a line of the huddle."""
        return next_of(line, now=now)

    def late(self, line: ReferralLine, *, now: datetime) -> bool:
        """Whether its answer is late."""
        return is_late(line, now=now)


async def read_team(team_id: UUID, *, directory: Directory, by: Session, teams: Teams) -> TeamPage | None:
    """The team; nothing where there is none."""
    team = next((one for one in await teams.teams(by) if one.id == team_id), None)
    if team is None:
        return None
    huddle = None
    if by.worker_id in team.member_worker_ids or by.role in SUPERVISING:
        try:
            huddle = await teams.huddle(team_id, by=by)
        except Refused as refused:  # a supervisor of another organisation has nothing to do with this team's day
            if refused.status != 404:
                raise
    members = [one for one in directory.colleagues() if one.id in team.member_worker_ids]
    ours = directory.acts_for(team.organization_id, by=by)
    return TeamPage(team=team, members=members, huddle=huddle, ours=ours)


async def ask_who_may(
    team_id: UUID, form: Mapping[str, str], *, directory: Directory, by: Session, teams: Teams
) -> Question:
    """The guard's word for every member. A guard that does not answer is an answer too."""
    programme_id, text = form.get("programme_id", ""), form.get("text", "").strip()[:MAX_QUESTION]
    programme = next((one for one in directory.programmes.values() if str(one.id) == programme_id), None)
    errors = {} if programme else {"programme_id": "task.error.programme"}
    if len(text) < 3:
        errors["text"] = "team.error.text"
    question = Question(programme_id=programme_id, text=text, errors=errors)
    if programme is None or errors:
        return question
    try:
        answer = await teams.who_may(team_id, programme_id=programme.id, text=text, responsibility="assist", by=by)
    except Unreachable:
        return Question(programme_id=programme_id, text=text, silent=True)
    return Question(programme_id=programme_id, text=text, answer=answer)
