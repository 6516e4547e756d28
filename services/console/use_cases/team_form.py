"""The form of a new team, and of who joins and leaves one. Who may change which team is known to referrals alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.console.domain import told
from services.console.domain.told_administration import TeamNow
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Refused
from services.console.use_cases.wrong_fields import wrong_fields

_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamForm:
    """A new team as filled in. `errors` maps a field to the key of the words that say what to do."""

    name: str = ""
    organization_id: UUID | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def read_team_form(form: Mapping[str, str], *, organizations: Sequence[told.Organization]) -> TeamForm:
    """A name, and one of the organisations."""
    name = form.get("name", "").strip()[:_LONGEST_NAME]
    chosen = next((one.id for one in organizations if str(one.id) == form.get("organization_id")), None)
    errors = {} if name else {"name": "team_form.error.name"}
    if chosen is None:
        errors["organization_id"] = "team_form.error.organization"
    return TeamForm(name=name, organization_id=chosen, errors=errors)


def wrong_in_team(refused: Refused) -> dict[str, str]:
    """What referrals says of a new team, beside the field it is about. Raises what is about no field."""
    if refused.status == 403:
        return {"organization_id": "team_form.error.not_yours"}
    if refused.status not in (404, 409, 422):
        raise refused
    named = {name for name, _ in wrong_fields(refused.document)}
    return (
        {"name": "team_form.error.name"} if named == {"name"} else {"organization_id": "team_form.error.organization"}
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class MembersForm:
    """Who is ticked to join and to leave; `errors` as above."""

    joining: frozenset[UUID] = frozenset()
    leaving: frozenset[UUID] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class MembersPage:
    """Who is in the team now, and which colleagues of its organisation could join."""

    team: TeamNow
    members: Sequence[told.Worker]
    others: Sequence[told.Worker]


def members_page(team: TeamNow, *, directory: Directory) -> MembersPage:
    """Members come first whether they are still active or not, so that whoever has left can be taken out."""
    within = [one for one in directory.workers.values() if one.id in team.member_worker_ids]
    return MembersPage(
        team=team,
        members=sorted(within, key=lambda one: one.display_name),
        others=[
            one
            for one in directory.colleagues()
            if one.organization_id == team.organization_id and one.id not in team.member_worker_ids
        ],
    )


def read_members_form(joining: Sequence[str], leaving: Sequence[str], *, page: MembersPage) -> MembersForm:
    """Who was ticked, as far as they can still join or leave."""
    join = frozenset(one.id for one in page.others if str(one.id) in joining)
    leave = frozenset(one.id for one in page.members if str(one.id) in leaving)
    errors = {} if join or leave else {"joining": "team_form.error.nobody"}
    return MembersForm(joining=join, leaving=leave, errors=errors)


def wrong_in_members(refused: Refused) -> dict[str, str]:
    """What referrals says of a change of members. Raises what is about no field."""
    if refused.status == 412:
        return {"joining": "team_form.error.changed"}
    if refused.status == 403:
        return {"joining": "team_form.error.not_yours"}
    if refused.status not in (404, 409, 422) or not refused.document.get("errors"):
        raise refused
    elsewhere = "works_elsewhere" in {code for _, code in wrong_fields(refused.document)}
    return {"joining": "team_form.error.works_elsewhere" if elsewhere else "team_form.error.member"}
