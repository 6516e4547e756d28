"""Nobody's name, story or address leaves the places where it is at home: canaries walk, then every surface is searched."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handrail.demo.api import Api, addresses_of
from handrail.demo.loading import read_registry
from handrail.demo.network import load_network
from handrail.demo.stage import Stage
from handrail.demo.story import Story
from handrail.runtime.state_folder import StateFolder
from tests.journeys.leaks import canaries
from tests.journeys.leaks.accidents import Accidents
from tests.journeys.leaks.canaries import leaks_in
from tests.journeys.leaks.errands import Errands
from tests.journeys.leaks.outside import Outside
from tests.journeys.leaks.pages import Pages, page_templates
from tests.journeys.leaks.resting import MAY_REST
from tests.journeys.leaks.seeding import seed
from tests.journeys.leaks.surfaces import SURFACES, leaks_on
from tests.journeys.leaks.surroundings import Eavesdropper, Surroundings
from tests.journeys.leaks.told import EVERYTHING, Told
from tests.journeys.leaks.turns import Turns
from tests.journeys.leaks.walk import Walk
from tests.journeys.leaks.walking import Known

PAGE = Path(__file__).parents[2] / "docs" / "leaks.md"
WALK_SECONDS = 180


@pytest.fixture
async def around(running_system: StateFolder, outside: Outside) -> AsyncIterator[Surroundings]:
    """The running system, with somebody listening to what is said to Valkey."""
    quiet = Surroundings(state=running_system, heard=[], outside=outside)
    with Eavesdropper(quiet.valkey_url) as listener:
        yield Surroundings(state=running_system, heard=listener.heard, outside=outside)


@pytest.mark.slow
async def test_canaries_that_walk_through_everything_are_found_only_at_home(around: Surroundings) -> None:
    registry = read_registry(around.state)
    assert registry is not None
    async with Api(addresses=addresses_of(around.state)) as api, asyncio.timeout(WALK_SECONDS):
        stage = Stage(
            story=Story(say=lambda _: None), api=api, network=load_network(), registry=registry, state=around.state
        )
        known, told = Known(), Told(around=around, since=datetime.now(UTC))
        walk = Walk(stage=stage, around=around, known=known)
        await walk.everything()
        await told.weekly_summary(tenant_id=registry.tenant_id, reader=registry.workers["silas"])
        where: dict[str, Any] = {"stage": stage, "around": around, "known": known, "programme_id": walk.programme_id}
        errands = Errands(**where)
        await asyncio.gather(Turns(**where).everything(), errands.everything())
        await errands.stepping_back()
        await Accidents(stage=stage, around=around).everything()
        assert await Pages(stage=stage, around=around, known=known).everything() == page_templates()
        assert await told.all_of_it() == EVERYTHING
    assert len(around.answers) > 20
    assert around.heard
    assert around.streamed
    canaries.SEARCHED.clear()
    found = await leaks_on(SURFACES, around)
    assert not found, "\n".join(map(str, found))
    print(dict(canaries.SEARCHED))  # for docs/leaks.md, with `pytest -s`
    assert {name: canaries.SEARCHED[name] > 0 for name in SURFACES} == dict.fromkeys(SURFACES, True)


@pytest.mark.slow
@pytest.mark.parametrize("name", SURFACES)
async def test_a_seeded_leak_is_found_on_this_surface(around: Surroundings, name: str) -> None:
    undo = await seed(name, around, word=canaries.SEEDED_WORD)
    try:
        found = await leaks_on([name], around)
    finally:
        await undo()
    seeded = [leak for leak in found if leak.word == canaries.SEEDED_WORD]
    assert {leak.surface for leak in seeded} == {name}


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("after", ["", "x", "xy"])
def test_a_word_is_recognised_in_other_dress(before: str, after: str) -> None:
    import base64

    text = f"{before}{canaries.FAMILY_NAME}{after}"
    for dress in (text, text.upper(), text.encode().hex(), base64.b64encode(text.encode()).decode()):
        (leak,) = leaks_in(f"...{dress}...", surface="any", place="here")
        assert leak.word == canaries.FAMILY_NAME.lower()
    assert leaks_in("You have 1 new handoff. Sign in to see it.", surface="any", place="here") == []


def test_the_page_lists_what_walks_what_is_searched_and_where_words_rest() -> None:
    walked, searched = PAGE.read_text(encoding="utf-8").split("|---|---|---|")[1:]
    counts = {name: len(kinds) for name, kinds in EVERYTHING.items()} | {"page shown": len(page_templates())}
    rows = re.findall(r"^\| ([a-z -]+) \| (\d+) \| .+ \|$", walked, re.MULTILINE)
    assert {name: int(count) for name, count in rows} == counts
    rows = re.findall(r"^\| ([a-z -]+) \| (.+) \| [\d,]+ \|$", searched, re.MULTILINE)
    assert dict(rows) == {name: words for name, (words, _) in SURFACES.items()}
    assert dict(re.findall(r"^- `([a-z_.]+)`: (.+)$", searched, re.MULTILINE)) == MAY_REST
