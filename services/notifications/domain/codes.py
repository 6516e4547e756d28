"""The words this service stores and shows. Each is explained in plain language in `explanations.py`."""

from enum import StrEnum


class Channel(StrEnum):
    """How somebody is told."""

    INBOX = "inbox"
    EMAIL = "email"
    SMS = "sms"


MESSAGES = (Channel.EMAIL, Channel.SMS)
"""Ways out of the house. A ladder plans a message as `email`; by which of these it goes is the worker's own choice."""


class DeliveryState(StrEnum):
    """Where one step of a ladder stands. The last four are final."""

    PLANNED = "planned"
    LEASED = "leased"
    RETRY = "retry"
    DELIVERED = "delivered"
    SUPPRESSED = "suppressed"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL_STATES = frozenset(
    {DeliveryState.DELIVERED, DeliveryState.SUPPRESSED, DeliveryState.FAILED, DeliveryState.CANCELLED}
)


class ItemState(StrEnum):
    """Where an inbox item stands.

    `pending` waits for its first entitlement check; `open` is shown; `closed` is over and listed as such;
    `hidden` is never listed (again): withheld, withdrawn, or over before it was ever shown.
    """

    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"
    HIDDEN = "hidden"


class ItemKind(StrEnum):
    """What an inbox item says."""

    HANDOFF_OFFERED = "handoff_offered"
    HANDOFF_ESCALATED = "handoff_escalated"
    HANDOFF_CALLED_BACK = "handoff_called_back"
    HANDOFF_ENDED = "handoff_ended"
    HANDOFF_CHANGED = "handoff_changed"
    STEP_OVERDUE = "step_overdue"
    TASK_ASSIGNED = "task_assigned"
    TASK_APPROVED = "task_approved"
    TASK_NOT_ASSIGNED = "task_not_assigned"
    TASK_RETURNED = "task_returned"
    TASK_ENDED = "task_ended"
    REFERRAL_ASKED = "referral_asked"
    REFERRAL_ANSWERED = "referral_answered"
    REFERRAL_UNANSWERED = "referral_unanswered"
    REFERRAL_CANCELLATION_ASKED = "referral_cancellation_asked"
    REFERRAL_CHANGED = "referral_changed"


class EndReason(StrEnum):
    """Why a telling is over."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    FIRST_CONTACT = "first_contact"
    STEP_DONE = "step_done"
    STEP_LIFTED = "step_lifted"
    NEWER_OFFER = "newer_offer"
    CALLED_BACK = "called_back"
    TASK_CLOSED = "task_closed"
    TASK_REASSIGNED = "task_reassigned"
    TASK_RETURNED = "task_returned"
    TASK_DECIDED = "task_decided"
    REFERRAL_MOVED_ON = "referral_moved_on"


HIDING_REASONS = frozenset(
    {
        EndReason.WITHDRAWN,
        EndReason.NEWER_OFFER,
        EndReason.CALLED_BACK,
        EndReason.TASK_REASSIGNED,
        EndReason.TASK_RETURNED,
    }
)
"""Endings after which the recipient is no longer a party: the item leaves the inbox altogether."""


class DeliveryCode(StrEnum):
    """Why a delivery waits, was suppressed, was cancelled or failed, beside `EndReason` and `EntitlementReason`."""

    AFTER_DEADLINE = "after_deadline"
    WORKER_LEFT = "worker_left"
    NO_ADDRESS = "no_address"
    EMAIL_OFF = "email_off"
    MESSAGES_OFF = "messages_off"
    OPTED_OUT = "opted_out"
    NO_PROVIDER = "no_provider"
    ITEM_WITHHELD = "item_withheld"
    QUIET_HOURS = "quiet_hours"
    BUNDLED = "bundled"
    RATE_LIMITED = "rate_limited"
    PROVIDER_DOWN = "provider_down"
    WENT_ANOTHER_WAY = "went_another_way"
    ITEM_NOT_SHOWN_YET = "item_not_shown_yet"
    ENTITLEMENT_UNKNOWN = "entitlement_unknown"
    CONNECTION_FAILED = "connection_failed"
    TIMED_OUT = "timed_out"
    TEMPORARILY_REFUSED = "temporarily_refused"
    GREYLISTED = "greylisted"
    OUTCOME_UNKNOWN = "outcome_unknown"
    LOGIN_REFUSED = "login_refused"
    RECIPIENT_REFUSED = "recipient_refused"
    SENDER_REFUSED = "sender_refused"
    MESSAGE_REFUSED = "message_refused"
    NUMBER_REFUSED = "number_refused"
    ANSWER_MALFORMED = "answer_malformed"
    ADDRESS_FORBIDDEN = "address_forbidden"
    REDIRECTED = "redirected"
    GONE = "gone"
    NOT_TAKEN = "not_taken"
