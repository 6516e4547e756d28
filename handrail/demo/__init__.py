"""The demo clinic, and the demonstration that confirms itself. Never loaded in production."""

from collections.abc import Callable

from handrail.runtime.service_environment import Addresses
from handrail.runtime.state_folder import StateFolder


async def on_first_start(*, state: StateFolder, addresses: Addresses, say: Callable[[str], None]) -> None:
    """Load the network, perform the main job once, and print who may sign in. Raises when an effect is missing."""
    from handrail.demo.network import PASSWORD, load_network
    from handrail.demo.performance import perform

    del addresses  # the status file names them, for this and for every later run
    say("")
    say("The main job, performed once so that you can watch it:")
    story = await perform(state, say=say)
    say("")
    say(f"Sign-ins of fictional people; the password of each is {PASSWORD}")
    for worker in load_network().workers:
        say(f"  {worker.email:<36} {worker.access.value:<16} {worker.role.value.replace('_', ' ')}")
    if not story.all_confirmed:
        say("Not every effect was confirmed; `handrail doctor` and `handrail logs NAME` may know why.")
