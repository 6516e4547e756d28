"""Pass a referral on: it stays with whoever has it, and a part of it is asked of somebody else, about the same person."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.console.domain.session import Session
from services.console.domain.told_referral import Referral, ReferralMade
from services.console.domain.told_team import Team
from services.console.use_cases.directory import Directory
from services.console.use_cases.refer import (
    TEAM_KINDS,
    check_to_whom,
    check_what_for,
    read_referral_answers,
    recipient_of,
)
from services.console.use_cases.referring_ports import Referring
from services.console.use_cases.send_handoff import Answers


def first_answers(referral: Referral) -> Answers:
    """What stands in the form before anybody has answered: the same need, and nobody yet."""
    given = {"to": "team", "need": referral.need, "programme_id": str(referral.programme_id)}
    given |= {"kind": referral.kind} if referral.kind in TEAM_KINDS else {}
    given |= {"priority": "urgent"} if referral.priority == "urgent" else {}
    return Answers(given=given)


def read_part(form: Mapping[str, str], *, referral: Referral) -> Answers:
    """The answers of a form; in which programme it is, is not for the form to say."""
    return read_referral_answers({**form, "programme_id": str(referral.programme_id)})


def check_part(answers: Answers, *, teams: Sequence[Team], directory: Directory) -> dict[str, str]:
    """What is wrong beside each field: whom to ask, and what for."""
    return check_to_whom(answers, teams=teams, directory=directory) | check_what_for(answers)


async def pass_on(
    referral: Referral,
    answers: Answers,
    *,
    attested: Sequence[str],
    key: str,
    teams: Sequence[Team],
    directory: Directory,
    by: Session,
    referring: Referring,
) -> ReferralMade:
    """Ask them, for the person of `referral`. The key makes a repetition harmless. Raises Refused, Unreachable."""
    assert referral.person is not None, "only what says whom it is about is offered to be passed on"
    body: dict[str, Any] = {
        "programme_id": str(referral.programme_id),
        "person_id": str(referral.person.person_id),
        "need": answers["need"],
        "priority": "urgent" if answers["priority"] == "urgent" else "routine",
        "text": answers["text"],
        "attested_conditions": sorted(set(attested)),
        "parent_follows": bool(answers["follows"]),
    }
    body |= {"transition_id": str(referral.transition_id)} if referral.transition_id is not None else {}
    body |= recipient_of(answers, teams=teams, directory=directory)
    return await referring.pass_on(referral.id, body=body, key=key, by=by)
