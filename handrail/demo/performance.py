"""The whole demonstration: load once, then every journey, side by side where one only waits."""

import asyncio
from collections.abc import Awaitable, Callable

from handrail.demo.api import Api, addresses_of
from handrail.demo.handoff_journey import nobody_answers, warm_handoff
from handrail.demo.loading import load
from handrail.demo.network import load_network
from handrail.demo.stage import Stage
from handrail.demo.story import Story
from handrail.demo.task_journeys import guard_outage, tasks
from handrail.runtime.state_folder import StateFolder


async def perform(state: StateFolder, *, say: Callable[[str], None]) -> Story:
    """Perform the main job against what runs on `state`; the story says whether every effect was confirmed."""
    story = Story(say=say)
    async with Api(addresses=addresses_of(state)) as api:
        stage = await open_stage(state, story=story, api=api, say=say)
        silence = asyncio.create_task(_told(story, nobody_answers(stage)))
        await _told(story, warm_handoff(stage))
        await _told(story, tasks(stage))
        await _told(story, guard_outage(stage))
        await silence
    confirmed = sum(len(step.confirmed) for step in story.steps)
    if story.all_confirmed:
        say(f"every effect was read back: {confirmed} confirmations in {story.seconds():.1f} s")
    else:
        failed = [step.title for step in story.steps if step.failed]
        say(f"NOT confirmed: {'; '.join(failed)}")
    return story


async def open_stage(state: StateFolder, *, story: Story, api: Api, say: Callable[[str], None]) -> Stage:
    """The network, loaded if it is not there yet."""
    network = load_network()
    registry = await load(network, api=api, state=state, say=say)
    return Stage(story=story, api=api, network=network, registry=registry, state=state)


async def _told(story: Story, journey: Awaitable[None]) -> None:
    """Run one journey; its failure is in the story already and must not keep the others from being told."""
    before = len(story.steps)
    try:
        await journey
    except Exception as error:
        if not any(step.failed for step in story.steps[before:]):
            raise
        story.aside(f"this journey ends here ({type(error).__name__})")
