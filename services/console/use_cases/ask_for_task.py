"""Ask a colleague to do something: check the form, look ahead with the scope guard, send."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.console.domain import told
from services.console.domain.session import Session
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Assigned, Neighbours, NotSent, Refused
from shared.contracts.codes import CredentialState, SupervisionState

MAX_TITLE = 200
MAX_DETAILS = 3700


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskForm:
    """The form as typed; nothing that was typed is lost when something is wrong with it."""

    programme_id: str = ""
    assignee_id: str = ""
    person_id: str = ""
    title: str = ""
    details: str = ""
    activity: str = ""
    due_day: str = ""
    attested: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def judged_text(self) -> str:
        """The words that the guard reads."""
        return f"{self.title}\n{self.details}".strip()


def read_task_form(form: Mapping[str, str], *, attested: tuple[str, ...] = ()) -> TaskForm:
    """The known fields of a form, bounded by what referrals takes."""

    def given(name: str, most: int = 64) -> str:
        return form.get(name, "").strip()[:most]

    return TaskForm(
        programme_id=given("programme_id"),
        assignee_id=given("assignee_id"),
        person_id=given("person_id"),
        title=" ".join(given("title", MAX_TITLE).split()),
        details=given("details", MAX_DETAILS),
        activity=given("activity"),
        due_day=given("due_day"),
        attested=attested[:20],
    )


def check_task_form(form: TaskForm, *, directory: Directory) -> TaskForm:
    """The same form with what is wrong beside each field."""
    errors = {}
    if directory.programmes.get(_id(form.programme_id)) is None:
        errors["programme_id"] = "task.error.programme"
    if directory.workers.get(_id(form.assignee_id)) is None:
        errors["assignee_id"] = "task.error.assignee"
    if not form.title:
        errors["title"] = "task.error.title"
    if form.due_day and _day(form.due_day) is None:
        errors["due_day"] = "task.error.due"
    return replace(form, errors=errors)


async def look_ahead(
    form: TaskForm, *, directory: Directory, by: Session, neighbours: Neighbours
) -> told.Judgement | None:
    """What the guard would say of these words for this colleague; nothing while there is too little to ask about.

    Credential and supervision are taken as good: whether they are is for referrals to say when the task is sent.
    """
    programme = directory.programmes.get(_id(form.programme_id))
    worker = directory.workers.get(_id(form.assignee_id))
    if programme is None or worker is None or len(form.title) < 3:
        return None
    facts = {
        "practice_role": worker.practice_role,
        "credential_state": CredentialState.ACTIVE,
        "supervision_state": SupervisionState.CURRENT,
        "setting": programme.setting,
        "integration_model": programme.integration_model,
        "jurisdiction": programme.jurisdiction,
        "conditions_met": sorted({*programme.policy_flags, *form.attested}),
    }
    return await neighbours.scope_guard.preview({"text": form.judged_text, "facts": facts}, by=by)


async def send_task(
    form: TaskForm, *, key: str, directory: Directory, by: Session, neighbours: Neighbours
) -> Assigned | NotSent:
    """Ask. The key makes a repetition harmless. Raises Refused, Unreachable."""
    body: dict[str, Any] = {
        "programme_id": form.programme_id,
        "assignee_worker_id": form.assignee_id,
        "title": form.title,
        "details": form.details,
        "attested_conditions": sorted(set(form.attested)),
    }
    if form.person_id:
        body["person_id"] = form.person_id
    if form.activity:
        body["activity"] = form.activity
    due = _day(form.due_day)
    if due is not None:
        body["due_at"] = due.replace(hour=17, tzinfo=_zone(form, directory)).isoformat()
    return await neighbours.referrals.assign(body, key=key, by=by)


def with_words_for(form: TaskForm, refused: Refused) -> TaskForm:
    """The form with what is wrong. Raises the refusal itself where a form cannot help."""
    codes = {str(one.get("code")) for one in refused.document.get("errors", ())}
    if refused.status != 422 or "not_available" not in codes:
        raise refused
    return replace(form, errors={"assignee_id": "task.error.not_available"})


def form_of(task: told.Task, *, attested: tuple[str, ...]) -> TaskForm:
    """A task's own words as a form, to ask for it again with its conditions confirmed."""
    return TaskForm(
        programme_id=str(task.programme_id),
        assignee_id=str(task.assignee_worker_id),
        person_id=str(task.person_id or ""),
        title=task.title or "",
        details=task.details,
        attested=attested,
    )


def _zone(form: TaskForm, directory: Directory) -> ZoneInfo:
    return directory.zone(_id(form.programme_id))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a calendar day; its zone is the programme's
    except ValueError:
        return None
