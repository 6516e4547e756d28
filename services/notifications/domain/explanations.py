"""Why a message was or was not sent, and whether it will be tried again, in plain words for operators."""

from services.notifications.domain.codes import DeliveryCode, DeliveryState, EndReason
from shared.contracts.entitlements import EntitlementReason

_REASONS: dict[str, str] = {
    EndReason.ACCEPTED: "the handoff was accepted",
    EndReason.DECLINED: "the handoff was declined",
    EndReason.WITHDRAWN: "the handoff was withdrawn",
    EndReason.CLOSED: "the handoff was closed",
    EndReason.FIRST_CONTACT: "first contact had already been made",
    EndReason.NEWER_OFFER: "someone else was asked in the meantime",
    EndReason.CALLED_BACK: "the discharge was called back",
    EndReason.TASK_CLOSED: "the task was over",
    EndReason.TASK_REASSIGNED: "the task went to someone else",
    EntitlementReason.NO_LONGER_OFFERED: "the handoff was no longer offered to this worker",
    EntitlementReason.SUBJECT_CLOSED: "what it was about was already over",
    EntitlementReason.UNKNOWN_SUBJECT: "what it was about is not known",
    EntitlementReason.NOT_A_PARTY: "this worker has no part in it",
    EntitlementReason.CONSENT_MISSING: "there is no consent to tell this worker",
    DeliveryCode.AFTER_DEADLINE: "this step would have come after the time to answer",
    DeliveryCode.WORKER_LEFT: "the worker no longer works here",
    DeliveryCode.NO_ADDRESS: "the worker has given no e-mail address",
    DeliveryCode.EMAIL_OFF: "the worker has switched e-mail off",
    DeliveryCode.ITEM_WITHHELD: "the inbox item was withheld, so there is nothing to sign in for",
    DeliveryCode.QUIET_HOURS: "it is within the worker's quiet hours",
    DeliveryCode.ITEM_NOT_SHOWN_YET: "the inbox item is not shown yet",
    DeliveryCode.ENTITLEMENT_UNKNOWN: "referrals could not be asked whether this worker may be told",
    DeliveryCode.CONNECTION_FAILED: "the mail server could not be reached",
    DeliveryCode.TIMED_OUT: "the mail server took too long",
    DeliveryCode.TEMPORARILY_REFUSED: "the mail server asked to try later",
    DeliveryCode.OUTCOME_UNKNOWN: (
        "the mail server's last word got lost, so it may have arrived; a repeat carries the same Message-ID"
    ),
    DeliveryCode.LOGIN_REFUSED: "the mail server did not accept our sign-in",
    DeliveryCode.RECIPIENT_REFUSED: "the mail server does not know the address",
    DeliveryCode.SENDER_REFUSED: "the mail server does not accept our sender address",
    DeliveryCode.MESSAGE_REFUSED: "the mail server did not accept the message",
}

_SENTENCES = {
    DeliveryState.PLANNED: "Not sent yet: it is not due. It will be sent when it is.",
    DeliveryState.LEASED: "Being sent now. If that is interrupted, it will be tried again.",
    DeliveryState.DELIVERED: "Sent. It will not be sent again.",
}


def explain(state: DeliveryState, *, code: str | None) -> str:
    """One or two short sentences for a delivery in this state."""
    if state in _SENTENCES:
        return _SENTENCES[state]
    reason = _REASONS.get(code or "", "no reason was recorded")
    if state is DeliveryState.RETRY:
        return f"Not sent yet: {reason}. It will be tried again."
    if state is DeliveryState.FAILED:
        return f"Not sent: {reason}. It will not be tried again, and referrals has been told."
    return f"Not sent: {reason}. It will not be tried again."
