"""Send a handoff in three steps: who, from where and when, check and send. The answers travel in the form itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.console.domain import told
from services.console.domain.session import Session
from services.console.use_cases.ports import Referrals

MAX_NAME = 200
PREFERENCES = ("call", "text", "in_person", "email", "staff_only")
LANGUAGES = ("en", "es")
FIELDS = (
    "who", "person_id", "given_name", "family_name", "preferred_name", "language", "contact_preference",
    "programme_id", "left", "day", "clock",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What was answered so far, as typed. `errors` maps a field to the key of the words that say what to do."""

    given: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")


def read_answers(form: Mapping[str, str]) -> Answers:
    """The known fields of a form, trimmed and bounded."""
    return Answers(given={name: form[name].strip()[:MAX_NAME] for name in FIELDS if form.get(name)})


def check_who(answers: Answers) -> dict[str, str]:
    """Step one: somebody known, or a first and a last name."""
    if answers["who"] == "known":
        return {} if _is_id(answers["person_id"]) else {"person_id": "send.error.person"}
    if answers["who"] != "new":
        return {"who": "send.error.who"}
    errors = {name: f"send.error.{name}" for name in ("given_name", "family_name") if not answers[name]}
    if answers["language"] not in LANGUAGES:
        errors["language"] = "send.error.language"
    if answers["contact_preference"] not in PREFERENCES:
        errors["contact_preference"] = "send.error.contact_preference"
    return errors


def check_where(answers: Answers, *, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """Step two: a programme, and that they have left or when they will."""
    errors = {} if _is_id(answers["programme_id"]) else {"programme_id": "send.error.programme"}
    if answers["left"] not in ("planned", "now"):
        errors["left"] = "send.error.left"
    elif answers["left"] == "planned":
        expected = expected_at(answers, zone=zone)
        if expected is None:
            errors["day"] = "send.error.day"
        elif expected <= now:
            errors["day"] = "send.error.past"
        elif expected > now + timedelta(days=366):
            errors["day"] = "send.error.far"
    return errors


def expected_at(answers: Answers, *, zone: ZoneInfo) -> datetime | None:
    """When the discharge is expected, in the programme's zone."""
    try:
        return datetime.fromisoformat(f"{answers['day']}T{answers['clock'] or '12:00'}").replace(tzinfo=zone)
    except ValueError:
        return None


async def send_handoff(
    answers: Answers, *, zone: ZoneInfo, key: str, by: Session, referrals: Referrals
) -> told.Planned:
    """Make what was answered so, somebody new and their way home in one step. The key makes a repetition harmless. Raises Refused."""
    plan: dict[str, Any] = {"programme_id": answers["programme_id"]}
    if answers["who"] == "known":
        plan["person_id"] = answers["person_id"]
    else:
        body = {name: answers[name] for name in ("given_name", "family_name", "language", "contact_preference")}
        if answers["preferred_name"]:
            body["preferred_name"] = answers["preferred_name"]
        plan["person"] = body
    expected = expected_at(answers, zone=zone)
    if answers["left"] == "planned" and expected is not None:
        plan |= {"status": "planned", "expected_at": expected.isoformat()}
    else:
        plan |= {"status": "discharged"}
    return await referrals.plan(plan, key=key, by=by)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
