"""Refer somebody in three steps: who it is for, whom to ask, what for. The answers travel in the form itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.console.domain import told
from services.console.domain.referral_next import ENDED
from services.console.domain.referral_steps import kind_for, qualified
from services.console.domain.session import INTAKE, Session
from services.console.domain.told_referral import ReferralLine, ReferralMade
from services.console.domain.told_team import Team
from services.console.use_cases.ask_for_task import TaskForm
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Referrals
from services.console.use_cases.referring_ports import Referring
from services.console.use_cases.send_handoff import FIELDS as WHO_FIELDS
from services.console.use_cases.send_handoff import Answers, check_who
from shared.contracts.codes import IntegrationModel

NEEDS = (
    "peer_support", "housing", "food", "transport", "benefits", "work_and_learning", "recovery_group", "treatment",
    "medication_question", "health_care", "crisis_support", "something_else",
)  # fmt: skip
TEAM_KINDS = ("peer_service", "clinical", "case_management")
FIELDS = (
    *WHO_FIELDS, "own_wish", "to", "team_id", "worker_id", "kind", "need", "text", "priority", "anyway", "follows",
)  # fmt: skip
_LONGEST = {"text": 3700}


def read_referral_answers(form: Mapping[str, str]) -> Answers:
    """The known fields of a form, trimmed and bounded."""
    return Answers(given={name: form[name].strip()[: _LONGEST.get(name, 200)] for name in FIELDS if form.get(name)})


def check_for_whom(answers: Answers, *, directory: Directory) -> dict[str, str]:
    """Step one: somebody, and the programme."""
    errors = check_who(answers)
    if directory.programmes.get(_id(answers["programme_id"])) is None:
        errors["programme_id"] = "send.error.programme"
    return errors


def check_to_whom(answers: Answers, *, teams: Sequence[Team], directory: Directory) -> dict[str, str]:
    """Step two: a team and what kind of help, a colleague, or the programme's clinical backup."""
    if answers["to"] == "backup":
        return {}
    if answers["to"] == "team":
        errors = {} if _team(answers, teams) else {"team_id": "refer.error.team"}
        return errors if answers["kind"] in TEAM_KINDS else errors | {"kind": "refer.error.kind"}
    if answers["to"] != "worker":
        return {"to": "refer.error.to"}
    worker = directory.workers.get(_id(answers["worker_id"]))
    return {} if worker and kind_for(worker.practice_role) else {"worker_id": "refer.error.worker"}


def check_what_for(answers: Answers) -> dict[str, str]:
    """Step three: the need."""
    return {} if answers["need"] in NEEDS else {"need": "refer.error.need"}


def hint_form(answers: Answers, *, teams: Sequence[Team], directory: Directory, attested: tuple[str, ...]) -> TaskForm:
    """What the guard is asked while somebody types: of a team, the first member who could take it stands for all."""
    assignee, team = answers["worker_id"] if answers["to"] == "worker" else "", _team(answers, teams)
    if answers["to"] == "team" and team is not None:
        members = (directory.workers.get(one) for one in team.member_worker_ids)
        able = (one for one in members if one and one.active and qualified(one.practice_role, answers["kind"]))
        assignee = str(next((one.id for one in able), ""))
    words = answers["text"]
    return TaskForm(programme_id=answers["programme_id"], assignee_id=assignee, title=words, attested=attested)


async def open_alike(answers: Answers, *, by: Session, referring: Referring) -> ReferralLine | None:
    """An open referral of this person for the same need, to be looked at before another one is made."""
    if answers["who"] != "known":
        return None
    page = await referring.referrals(by, person=_id(answers["person_id"]), limit=50)
    return next((one for one in page.items if one.need == answers["need"] and one.status not in ENDED), None)


async def send_referral(
    answers: Answers,
    *,
    attested: tuple[str, ...],
    key: str,
    teams: Sequence[Team],
    directory: Directory,
    by: Session,
    referrals: Referrals,
    referring: Referring,
) -> ReferralMade:
    """Make it; somebody new comes along in the same request. The key makes a repetition harmless. Raises Refused, Unreachable."""
    person_id = answers["person_id"] if answers["who"] != "new" else ""
    names = ("given_name", "family_name", "preferred_name", "language", "contact_preference")
    somebody = {name: answers[name] for name in names if answers[name]}
    body: dict[str, Any] = {
        "programme_id": answers["programme_id"],
        **({"person_id": person_id} if person_id else {"person": somebody}),
        "need": answers["need"],
        "priority": "urgent" if answers["priority"] == "urgent" else "routine",
        "reported_by": "person" if answers["own_wish"] else "staff",
        "text": answers["text"],
        "attested_conditions": sorted(set(attested)),
    } | recipient_of(answers, teams=teams, directory=directory)
    transition = await _transition(answers, person_id=person_id, directory=directory, by=by, referrals=referrals)
    return await referring.refer(body | transition, key=key, by=by)


def recipient_of(answers: Answers, *, teams: Sequence[Team], directory: Directory) -> dict[str, Any]:
    """Whom it is addressed to, and so of what kind it is."""
    if answers["to"] == "backup":
        return {"kind": "crisis_bridge"}
    if answers["to"] == "team":
        return {"kind": answers["kind"], "recipient_team_id": answers["team_id"]}
    worker = directory.workers[_id(answers["worker_id"])]
    address = {"kind": kind_for(worker.practice_role), "recipient_worker_id": str(worker.id)}
    programme = directory.programmes.get(_id(answers["programme_id"]))
    team = next((one for one in teams if worker.id in one.member_worker_ids), None)
    if programme and programme.integration_model is IntegrationModel.INTEGRATED_TEAM and team is not None:
        address["recipient_team_id"] = str(team.id)
    return address


async def _transition(
    answers: Answers, *, person_id: str, directory: Directory, by: Session, referrals: Referrals
) -> dict[str, str]:
    """Transitional support is born from a transition: the person's newest one in this programme."""
    programme = directory.programmes.get(_id(answers["programme_id"]))
    if by.role not in INTAKE or not programme or programme.integration_model is not IntegrationModel.TRANSITIONAL:
        return {}
    found = (await referrals.transitions(by, limit=100)).items
    theirs = (one for one in found if str(one.person_id) == person_id and one.programme_id == programme.id)
    first: told.Transition | None = next(theirs, None)
    return {} if first is None else {"transition_id": str(first.id)}


def with_errors(answers: Answers, errors: Mapping[str, str]) -> Answers:
    """The same answers with what is wrong beside each field."""
    return replace(answers, errors=errors)


def _team(answers: Answers, teams: Sequence[Team]) -> Team | None:
    return next((one for one in teams if str(one.id) == answers["team_id"]), None)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
