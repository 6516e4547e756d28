"""What can be wrong with a referral command, beyond what `errors.py` already says."""

from services.referrals.domain.errors import ReferralsError
from services.referrals.domain.verdicts import Undecided, Weighed
from shared.contracts.codes import PracticeRole


class AlreadyClaimed(ReferralsError):  # noqa: N818 - a fact about the record
    """Somebody has taken it. `first_name` and `role` say who; `yours` tells a second press from a colleague's."""

    def __init__(self, *, yours: bool, first_name: str | None, role: PracticeRole | None) -> None:
        super().__init__("you have already accepted this" if yours else "a colleague is already on it")
        self.yours, self.first_name, self.role = yours, first_name, role


class NoLongerWaiting(ReferralsError):  # noqa: N818 - a fact about the record
    """It was taken back, or ended otherwise, before the answer came."""

    def __init__(self) -> None:
        super().__init__("this is no longer waiting for your answer")


class NotPermitted(ReferralsError):  # noqa: N818 - carries the scope guard's word
    """The scope guard has not permitted what is asked of the recipient: refused, held, or without an answer."""

    def __init__(self, weighed: Weighed) -> None:
        super().__init__("the scope guard has not permitted what is asked")
        self.weighed = weighed

    @property
    def undecided(self) -> bool:
        """Whether the guard gave no answer that can be trusted: nobody knows yet."""
        return isinstance(self.weighed, Undecided)
