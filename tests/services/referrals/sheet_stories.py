"""What somebody says for their sheet, as requests: plainly made up, and every part filled."""

from typing import Any

WORDS = "To sleep in my own bed and feed Biscuit"
REACH_AT = "+1 202 555 0143"
NOT_TOLD = "Please do not tell my landlord"
SITUATION = "When the evenings get long"

WHOLE: dict[str, Any] = {
    "wishes": {"reported_by": "person", "content": {"words": WORDS}},
    "strengths": {"reported_by": "person", "content": {"lines": ["I know every bus line", "My sister Ana"]}},
    "contact": {
        "reported_by": "person",
        "content": {
            "reach_at": REACH_AT,
            "good_times": [{"days": "weekdays", "since": "16:00", "until": "19:00"}],
            "not_times": [{"days": "sunday", "since": "00:00", "until": "12:00"}],
            "time_zone": "America/New_York",
            "leave_message": "safe_words_only",
            "safe_words": "It is Fay from the library",
            "texts_may_name_us": False,
        },
    },
    "first_meeting": {
        "reported_by": "staff",
        "content": {
            "place": "The bench by the side door",
            "starts_at": "2030-03-04T10:00:00-05:00",
            "introduced_by": "Nurse Nell",
        },
    },
    "appointments": {
        "reported_by": "staff",
        "content": {
            "items": [{"with_whom": "Dr. Sample", "place": "2 Example Street", "phone": "202-555-0199"}],
        },
    },
    "what_to_do_if": {
        "reported_by": "person",
        "content": {
            "items": [
                {
                    "situation": SITUATION,
                    "what_helps": "A walk to the harbor and a call",
                    "whom_to_call": "Ana",
                    "phone": "202-555-0101",
                }
            ]
        },
    },
    "sharing": {
        "reported_by": "person",
        "content": {"people": [{"who": "My sister Ana", "about": "When we meet"}], "please_not": NOT_TOLD},
    },
    "questions": {"reported_by": "person", "content": {"items": ["Who feeds Biscuit until then?"]}},
}
SECRETS = (WORDS, REACH_AT, NOT_TOLD, SITUATION, "side door", "Dr. Sample", "Fay from the library", "every bus line")
"""Words of which any tells that the sheet was read."""
