"""A start in the foreground, and what a person is told when it could not be."""

import sys

from handrail.runtime.connection_budget import TooManyConnectionsError
from handrail.runtime.one_shot import OneShotFailedError
from handrail.runtime.operation import Operation
from handrail.runtime.postgres import PostgresProgramError
from handrail.runtime.start_up import Say
from handrail.runtime.state_folder import OtherVersionError, StateFolder
from handrail.runtime.state_lock import AlreadyRunningError
from handrail.runtime.supervisor import NotReadyError
from handrail.runtime.unprivileged import RootNotDroppedError
from handrail.runtime.valkey import ValkeyMissingError
from shared.settings import Profile

EXPECTED = (
    AlreadyRunningError,
    NotReadyError,
    OneShotFailedError,
    OSError,
    OtherVersionError,
    PostgresProgramError,
    RootNotDroppedError,
    TooManyConnectionsError,
    ValkeyMissingError,
)
"""Their messages say what is wrong and what to do; anything else is a mistake of ours and keeps its traceback."""


def run_here(state: StateFolder, *, profile: Profile, worker_children: int, say: Say) -> int:
    """Run until stopped. Returns the exit code: 1 when the start was impossible."""
    say(f"Handrail starts on {state.root} (profile {profile.value})")
    try:
        Operation(state=state, profile=profile, worker_children=worker_children, say=say).run()
    except EXPECTED as problem:
        sys.stderr.write(f"could not start: {problem}\n`handrail doctor --state {state.root}` may know more\n")
        return 1
    return 0
