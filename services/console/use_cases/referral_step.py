"""From the form of a step to what referrals takes; words that are missing are named beside their field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

REASONS: Mapping[str, tuple[str, ...]] = {
    "reject": ("cant_right_now", "outside_my_role", "no_capacity", "not_eligible", "person_declined"),
    "hold": ("waiting_for_person", "waiting_for_team"),
    "unaccept": ("stepped_back", "outside_my_role", "cant_right_now", "no_capacity"),
    "cancel": ("no_longer_needed", "person_declined", "duplicate", "referred_elsewhere"),
}
FOR_TEAM = ("no_capacity", "not_eligible", "person_declined")
"""What a "no" may say of what a whole team is asked: whoever only cannot themselves leaves it to a colleague."""
WHAT_NEXT = ("another_peer", "offer_later", "nothing")
ENDINGS = ("got_help", "could_not_contact", "no_longer_interested", "no_capacity", "not_eligible", "referred_elsewhere")
PERSON_WORDS = ("got_what_i_wanted", "not_what_i_wanted")
PLAIN = (
    "accept",
    "start",
    "resume",
    "mark-error",
    "introduce",
    "say-goodbye",
    "no-show",
    "cancel-appointment",
    "waitlist",
)
WITH_WORDS = ("ask-for-information", "give-information", "ask-to-cancel")
"""Steps whose words go to the other side as feedback, so that both can read them."""
MAX_WORDS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class StepForm:
    """`command` is what is asked of referrals with `body`; `feedback` goes along. With `errors` nothing is sent."""

    command: str
    body: Mapping[str, Any] = field(default_factory=dict)
    feedback: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def read_step(command: str, form: Mapping[str, str], *, now: datetime, zone: ZoneInfo) -> StepForm | None:
    """The form of a step; nothing for a step that no page offers."""
    words = form.get("words", "").strip()[:MAX_WORDS]
    if command in PLAIN:
        return StepForm(command=command)
    if command in WITH_WORDS:
        needed = command != "ask-to-cancel"
        errors = {"words": "referral.error.words"} if needed and not words else {}
        return StepForm(command=command, feedback=words, errors=errors)
    reader = _READERS.get(command)
    return reader(form, now, zone) if reader is not None else _with_reason(command, form)


def _with_reason(command: str, form: Mapping[str, str]) -> StepForm | None:
    if command not in REASONS:
        return None
    if form.get("reason") not in REASONS[command]:
        return StepForm(command=command, errors={"reason": "referral.error.reason"})
    return StepForm(command=command, body={"reason": form["reason"]})


def _reject(form: Mapping[str, str], now: datetime, zone: ZoneInfo) -> StepForm:
    reason, what_next = form.get("reason", ""), form.get("what_next", "")
    body: dict[str, Any] = {"reason": reason, "what_next": what_next}
    errors = {} if reason in REASONS["reject"] else {"reason": "referral.error.reason"}
    if what_next not in WHAT_NEXT:
        errors["what_next"] = "referral.error.what_next"
    elif what_next == "offer_later":
        again = _moment(form.get("day", ""), "09:00", zone=zone)
        if again is None or again <= now:
            errors["day"] = "referral.error.later"
        else:
            body["offer_again_at"] = again.isoformat()
    return StepForm(command="reject", body=body, errors=errors)


def _finish(form: Mapping[str, str], now: datetime, zone: ZoneInfo) -> StepForm:
    """The receiving side: help came, or it could not be brought about and why."""
    ending = form.get("closing_word", "")
    if ending not in ENDINGS:
        return StepForm(command="complete", errors={"closing_word": "referral.error.closing_word"})
    if ending == "got_help":
        return StepForm(command="complete", body={"closing_word": ending, "reported_by": _whose(form)})
    return StepForm(command="fail", body={"reason": ending})


def _close(form: Mapping[str, str], now: datetime, zone: ZoneInfo) -> StepForm:
    """The asking side closes the loop, on its own or the person's word."""
    ending = form.get("closing_word", "")
    errors = {} if ending in ENDINGS else {"closing_word": "referral.error.closing_word"}
    return StepForm(command="close", body={"closing_word": ending, "reported_by": _whose(form)}, errors=errors)


def _schedule(form: Mapping[str, str], now: datetime, zone: ZoneInfo) -> StepForm:
    meeting = _moment(form.get("day", ""), form.get("clock", ""), zone=zone)
    if meeting is None or meeting <= now:
        return StepForm(command="schedule", errors={"day": "referral.error.meeting"})
    return StepForm(command="schedule", body={"scheduled_at": meeting.isoformat()})


def _person_word(form: Mapping[str, str], now: datetime, zone: ZoneInfo) -> StepForm:
    word, own = form.get("word", ""), form.get("words", "").strip()[:MAX_WORDS]
    errors = {} if word in PERSON_WORDS else {"word": "referral.error.word"}
    return StepForm(command="person-word", body={"word": word} | ({"own_words": own} if own else {}), errors=errors)


_READERS: Mapping[str, Callable[[Mapping[str, str], datetime, ZoneInfo], StepForm]] = {
    "reject": _reject,
    "finish": _finish,
    "close": _close,
    "schedule": _schedule,
    "person-word": _person_word,
}


def _whose(form: Mapping[str, str]) -> str:
    return "person" if form.get("reported_by") == "person" else "staff"


def _moment(day: str, clock: str, *, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time.fromisoformat(clock), zone)
    except ValueError:
        return None
