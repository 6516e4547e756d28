"""What the demo's people say for the sheets of their handoffs: plainly made up, and not everybody has said everything."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handrail.demo.network import TIME_ZONE

_MEETS_AT = time(10)

_SAID: tuple[dict[str, Any], ...] = (
    {
        "wishes": "I want to sleep in my own bed, feed my cat Biscuit, and not be asked a hundred questions on the first day.",
        "strengths": [
            "I know every bus line in Harbor Valley",
            "I have started over twice, so I know how",
            "My sister Ana",
        ],
        "evening": "When the evenings get long and nobody calls",
        "helps": "A walk to the harbor, music on, then a call before ten",
        "friend": "Ana, my sister",
        "please_not": "where I have been, to anybody at work",
        "question": "Who feeds Biscuit until I am home?",
    },
    {
        "wishes": "A key of my own again. And somebody who has been through it and does not look at me funny.",
        "strengths": ["I cook for ten people without a recipe", "I keep my word", "The Tuesday choir"],
        "evening": "When I walk past the old corner",
        "helps": "Cross the street, ring somebody from the choir, keep walking",
        "friend": "Marlow from the choir",
        "please_not": "anything at all to my landlord",
        "question": "Can I bring my dog to the first meeting?",
    },
)


def sheet_of(number: int, *, left_at: datetime, introduced_by: str, with_whom: str) -> dict[str, Any]:
    """The body of a change: a whole sheet for two of three people, the beginning of one for the third."""
    said = _SAID[number % len(_SAID)]
    begun = {
        "wishes": _in_own_words({"words": said["wishes"]}),
        "strengths": _in_own_words({"lines": said["strengths"]}),
    }
    if number % 3 == 2:
        return begun
    times = {"days": "weekdays", "since": "16:00", "until": "19:00"}
    never = {"days": "sunday", "since": "00:00", "until": "12:00"}
    return begun | {
        "contact": _in_own_words(
            {
                "reach_at": f"+1 202 555 01{number % 100:02d}",
                "good_times": [times],
                "not_times": [never],
                "time_zone": TIME_ZONE,
                "leave_message": "safe_words_only",
                "safe_words": "It is about the library book",
                "texts_may_name_us": False,
            }
        ),
        "first_meeting": _by_staff(
            {
                "place": "The bench by the side door of the library, 1 Example Street",
                "starts_at": _morning_after(left_at, days=2).isoformat(),
                "introduced_by": introduced_by,
            }
        ),
        "appointments": _by_staff(
            {
                "items": [
                    {
                        "with_whom": with_whom,
                        "place": "Morningside Community Center, 20 Example Avenue",
                        "starts_at": _morning_after(datetime.now(UTC), days=5).isoformat(),
                        "phone": "202-555-0120",
                    }
                ]
            }
        ),
        "what_to_do_if": _in_own_words(
            {
                "items": [
                    {
                        "situation": said["evening"],
                        "what_helps": said["helps"],
                        "whom_to_call": said["friend"],
                        "phone": "202-555-0131",
                    }
                ]
            }
        ),
        "sharing": _in_own_words(
            {"people": [{"who": said["friend"], "about": "where and when we meet"}], "please_not": said["please_not"]}
        ),
        "questions": _in_own_words({"items": [said["question"]]}),
    }


def _in_own_words(content: dict[str, Any]) -> dict[str, Any]:
    return {"reported_by": "person", "content": content}


def _by_staff(content: dict[str, Any]) -> dict[str, Any]:
    return {"reported_by": "staff", "content": content}


def _morning_after(instant: datetime, *, days: int) -> datetime:
    there = ZoneInfo(TIME_ZONE)
    day = instant.astimezone(there).date() + timedelta(days=days)
    return datetime.combine(day, _MEETS_AT, tzinfo=there)


def consent_between(organization_id: str, partner_id: str) -> dict[str, Any]:
    """The body of a consent: one organisation may tell the other who it is, how to reach them and what stands on the sheet."""
    now = datetime.now(UTC)
    return {
        "organization_id": organization_id,
        "information": ["identity", "contact", "request"],
        "information_text": "My name, how to reach me, and what I say on my sheet",
        "recipient_organization_ids": [partner_id],
        "purposes": ["care_coordination"],
        "right_to_revoke_acknowledged": True,
        "revocation_how": "Tell anybody on your team",
        "expires_at": (now + timedelta(days=180)).isoformat(),
        "signature_method": "paper",
        "signed_by": "person",
        "signed_at": (now - timedelta(minutes=5)).isoformat(),
    }
