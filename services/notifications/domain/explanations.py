"""Why a message was or was not sent, and whether it will be tried again, in plain words for operators."""

from services.notifications.domain.codes import DeliveryCode, DeliveryState, EndReason
from services.notifications.domain.receipts import Receipt
from shared.contracts.entitlements import EntitlementReason

_REASONS: dict[str, str] = {
    EndReason.ACCEPTED: "the handoff was accepted",
    EndReason.DECLINED: "the handoff was declined",
    EndReason.WITHDRAWN: "the handoff was withdrawn",
    EndReason.CLOSED: "the handoff was closed",
    EndReason.FIRST_CONTACT: "first contact had already been made",
    EndReason.STEP_DONE: "the step was done in the meantime",
    EndReason.STEP_LIFTED: "the step was put off, or was not needed any more",
    EndReason.NEWER_OFFER: "someone else was asked in the meantime",
    EndReason.CALLED_BACK: "the discharge was called back",
    EndReason.TASK_CLOSED: "the task was over",
    EndReason.TASK_REASSIGNED: "the task went to someone else",
    EndReason.TASK_RETURNED: "the worker could not go on with the task",
    EndReason.TASK_DECIDED: "the task was decided on in the meantime",
    EndReason.REFERRAL_MOVED_ON: "the referral had moved on",
    EntitlementReason.NO_LONGER_OVERDUE: "the step had been done, or was not needed any more",
    EntitlementReason.NO_LONGER_OFFERED: "the handoff was no longer offered to this worker",
    EntitlementReason.SUBJECT_CLOSED: "what it was about was already over",
    EntitlementReason.UNKNOWN_SUBJECT: "what it was about is not known",
    EntitlementReason.NOT_A_PARTY: "this worker has no part in it",
    EntitlementReason.CONSENT_MISSING: "there is no consent to tell this worker",
    DeliveryCode.AFTER_DEADLINE: "this step would have come after the time to answer",
    DeliveryCode.WORKER_LEFT: "the worker no longer works here",
    DeliveryCode.NO_ADDRESS: "the worker has given no address for messages",
    DeliveryCode.EMAIL_OFF: "the worker has switched e-mail off",
    DeliveryCode.MESSAGES_OFF: "the worker has switched messages off",
    DeliveryCode.OPTED_OUT: "the worker has answered STOP to texts, and takes no e-mail",
    DeliveryCode.NO_PROVIDER: "nothing is set up for the way the worker has chosen",
    DeliveryCode.ITEM_WITHHELD: "the inbox item was withheld, so there is nothing to sign in for",
    DeliveryCode.QUIET_HOURS: "it is within the worker's quiet hours",
    DeliveryCode.BUNDLED: "the worker got several messages in the last minute, so it goes together with what else comes",
    DeliveryCode.RATE_LIMITED: "the provider takes no more messages for the moment (rate limit)",
    DeliveryCode.PROVIDER_DOWN: "the provider is not working, and the worker has chosen no other way",
    DeliveryCode.WENT_ANOTHER_WAY: "the provider of the way the worker prefers is not working",
    DeliveryCode.ITEM_NOT_SHOWN_YET: "the inbox item is not shown yet",
    DeliveryCode.ENTITLEMENT_UNKNOWN: "referrals could not be asked whether this worker may be told",
    DeliveryCode.CONNECTION_FAILED: "the provider could not be reached",
    DeliveryCode.TIMED_OUT: "the provider took too long",
    DeliveryCode.TEMPORARILY_REFUSED: "the provider asked to try later",
    DeliveryCode.OUTCOME_UNKNOWN: (
        "the provider's last word got lost, so it may have arrived; a repeat carries the same id"
    ),
    DeliveryCode.LOGIN_REFUSED: "the provider did not accept our sign-in",
    DeliveryCode.RECIPIENT_REFUSED: "the mail server does not know the address",
    DeliveryCode.SENDER_REFUSED: "the mail server does not accept our sender address",
    DeliveryCode.GREYLISTED: "the mail server asks every new sender to come again (greylisting)",
    DeliveryCode.NUMBER_REFUSED: "the provider sends no texts to this number",
    DeliveryCode.ANSWER_MALFORMED: "the provider's answer could not be read",
    DeliveryCode.ADDRESS_FORBIDDEN: "the address leads into a private network",
    DeliveryCode.REDIRECTED: "the address leads elsewhere, and redirects are not followed",
    DeliveryCode.GONE: "the other side says that the address is gone for good",
    DeliveryCode.NOT_TAKEN: "the other side answered that it did not take it",
    DeliveryCode.MESSAGE_REFUSED: "the provider did not accept the message",
}

_SENTENCES = {
    DeliveryState.PLANNED: "Not sent yet: it is not due. It will be sent when it is.",
    DeliveryState.LEASED: "Being sent now. If that is interrupted, it will be tried again.",
    DeliveryState.DELIVERED: "Sent. It will not be sent again.",
}


_RECEIPTS = {
    Receipt.QUEUED: "The provider has it and will send it.",
    Receipt.SENT: "The provider has sent it; whether it arrived is not known yet.",
    Receipt.DELIVERED: "It has arrived.",
    Receipt.UNDELIVERED: "The provider says that it did not arrive; an e-mail goes instead, where there is an address.",
    Receipt.FAILED: "The provider says that it could not be sent; an e-mail goes instead, where there is an address.",
}


def explain(state: DeliveryState, *, code: str | None, receipt: Receipt | None = None) -> str:
    """A few short sentences for a delivery in this state."""
    reason = _REASONS.get(code or "", "no reason was recorded")
    if state is DeliveryState.DELIVERED:
        round_about = f" It went another way than the preferred one: {reason}." if code else ""
        return _SENTENCES[state] + round_about + (f" {_RECEIPTS[receipt]}" if receipt else "")
    if state in _SENTENCES:
        return _SENTENCES[state]
    if state is DeliveryState.RETRY:
        return f"Not sent yet: {reason}. It will be tried again."
    if state is DeliveryState.FAILED:
        return f"Not sent: {reason}. It will not be tried again, and referrals has been told."
    return f"Not sent: {reason}. It will not be tried again."


def explain_call(state: DeliveryState, *, code: str | None) -> str:
    """The same for a call to another system, which can always be replayed."""
    if state is DeliveryState.FAILED:
        return f"Not taken: {_REASONS.get(code or '', 'no reason was recorded')}. It is tried again only if it is replayed."
    return explain(state, code=code)
