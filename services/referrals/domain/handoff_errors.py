"""What can be wrong with a transition or handoff command, beyond what `errors.py` already says."""

from services.referrals.domain.errors import ReferralsError


class AlreadyTaken(ReferralsError):  # noqa: N818 - a fact about the record
    """Somebody has accepted already. `yours` tells a second press of the same button from a colleague's."""

    def __init__(self, *, yours: bool) -> None:
        super().__init__("you have already accepted this" if yours else "a colleague is already on it")
        self.yours = yours


class NoLongerOffered(ReferralsError):  # noqa: N818 - a fact about the record
    """The caller was asked earlier; the offer has moved on since, or was taken back."""

    def __init__(self) -> None:
        super().__init__("this is no longer waiting for your answer")


class NobodyLeftToAsk(ReferralsError):  # noqa: N818 - a fact about the record
    """An escalated offer cannot be declined: it stays visible until somebody accepts it or the sender takes it back."""

    def __init__(self) -> None:
        super().__init__("there is nobody left to ask: accept this, or ask the sender to take it back")


class OpenDuplicate(ReferralsError):  # noqa: N818 - a fact about the record
    """There is an open transition for this person, programme and visit already."""

    def __init__(self) -> None:
        super().__init__("there is already an open transition for this visit", pointer="/visit_reference")


class ChangedMeanwhile(Exception):  # noqa: N818 - a fact between two writers, answered by reading again
    """Another transaction changed the record between our read and our write. Never leaves the use cases."""
