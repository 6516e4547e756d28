"""Where words may rest, and why. Anything else that holds one is a leak."""

_REGISTER = "referrals keeps the register: who may read a row is decided in its query"
_TEXT = "what somebody wrote about a task or referral, for those who may read it"
_SHEET = "what a person says for the sheet of their handoff: read by who sends, who has accepted, and by consent"
_ANSWER = "the first answer to a request, for the same caller to hear again; forgotten after a day"
_ADDRESS = "where a worker is reached, asked for by name and shown to nobody else"

MAY_REST: dict[str, str] = {
    "referrals.people.given_name": _REGISTER,
    "referrals.people.family_name": _REGISTER,
    "referrals.people.preferred_name": _REGISTER,
    "referrals.people.birth_date": _REGISTER,
    "referrals.workers.display_name": _REGISTER,
    "referrals.programmes.name": _REGISTER,
    "referrals.tasks.title": _TEXT,
    "referrals.tasks.details": _TEXT,
    "referrals.tasks.decision": "the scope guard's answer, with the part of the words that it speaks of",
    "referrals.task_history.note": _TEXT,
    "referrals.tasks.question": "what the scope guard was asked about the task, with its words",
    "referrals.referrals.asks_text": _TEXT,
    "referrals.referral_notes.text": _TEXT,
    "referrals.handoff_sheet_revisions.said": _SHEET,
    "referrals.idempotency_keys.body": _ANSWER,
    "identity.idempotency_keys.body": _ANSWER,
    "scope_guard.decision_texts.words": "the text of a decision, apart from it and erasable with its task",
    "identity.accounts.email": "what an account signs in with",
    "notifications.contact_points.email": _ADDRESS,
    "notifications.contact_points.phone": _ADDRESS,
}
"""`service.table.column`: the reason."""
