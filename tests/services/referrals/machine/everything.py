"""The machine: all rules together."""

from tests.services.referrals.machine.checks import Checks
from tests.services.referrals.machine.consent_rules import ConsentRules
from tests.services.referrals.machine.directory_rules import DirectoryRules
from tests.services.referrals.machine.handoff_rules import HandoffRules
from tests.services.referrals.machine.referral_rules import ReferralRules
from tests.services.referrals.machine.staff_rules import StaffRules
from tests.services.referrals.machine.task_rules import TaskRules
from tests.services.referrals.machine.transition_rules import TransitionRules
from tests.services.referrals.machine.worker_rules import WorkerRules


class HouseMachine(
    TransitionRules,
    HandoffRules,
    ReferralRules,
    TaskRules,
    ConsentRules,
    StaffRules,
    DirectoryRules,
    WorkerRules,
    Checks,
):
    """Whoever works in the network does what they do, in any order."""
