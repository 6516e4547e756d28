"""Every page of the console, asked for with the ids that the walk has come by: as whoever may see it, and as others."""

import asyncio
import itertools
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import aiohttp
from fastapi.routing import APIRoute

from handrail.demo.network import PASSWORD
from handrail.demo.stage import Stage
from services.console.api.routes import routers
from tests.browser.help_around import document, some_id
from tests.fixtures.processes import without_own_settings
from tests.journeys.leaks.surroundings import Surroundings
from tests.journeys.leaks.walk import ADMINISTRATOR
from tests.journeys.leaks.walking import Known

_NO_PAGES = {"/inbox/stream", "/static/{name}"}
"""The live stream is listened to by itself; a file of ours says nothing about anybody."""
_VISITORS = ("mika", "silas", "fay", "wren", "gus", "hana", "joy", "administrator")
_PAGES_AT_ONCE = 4
_ADDRESSES = re.compile(r"""(?:href|action|src|hx-[a-z-]+|value)="([^"]*[/?][^"]*)\"""")
_ALWAYS = {
    "asked_on": ["handoffs"],
    "code": ["standard_inpatient"],
    "page": ["decline", "finish", "close"],
    "part": ["contact"],
}


def page_templates() -> set[str]:
    """The address of every page, as its route has it."""
    routes = (route for router in routers(demo=True) for route in router.routes if isinstance(route, APIRoute))
    return {route.path for route in routes if "GET" in (route.methods or ())} - _NO_PAGES


@dataclass(kw_only=True)
class Pages:
    """Goes round, and keeps what must hold no word: headers, the addresses in a page, and all of a page that says no."""

    stage: Stage
    around: Surroundings
    known: Known

    async def everything(self) -> set[str]:
        """The templates of pages that were really shown to somebody."""
        self._learn_links()
        await self._take_in_help()
        missing = page_templates()
        shown: set[str] = set()
        for who in _VISITORS:
            async with await self._signed_in(who) as browser:
                asked = sorted(missing)
                answers = await asyncio.gather(*(self._is_shown(one, browser=browser) for one in asked))
            shown |= {template for template, is_shown in zip(asked, answers, strict=True) if is_shown}
            missing -= shown
        return shown

    def _learn_links(self) -> None:
        """A message to a telephone carries a link that leads in."""
        said = " ".join(one.words() for one in self.around.outside.received)
        self.known.ids["token"] = list(reversed(re.findall(r"/claim/([A-Za-z0-9_-]+)", said)))[:3]

    async def _take_in_help(self) -> None:
        """A directory with one service, one place and the organisation whose it is, by the operator's own command."""
        center = self.stage.registry.organizations["center"]
        file = self.stage.state.root / "help.json"
        file.write_text(json.dumps(document(center)), encoding="utf-8")
        done = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "handrail", "referrals", "directory", "import", str(file)),
            *("--tenant", self.stage.registry.tenant_id),
            env=without_own_settings() | {"HANDRAIL_STATE": str(self.stage.state.root), "HANDRAIL_PROFILE": "demo"},
        )
        assert await done.wait() == 0
        self.known.keep(entry_id=some_id("meals"))
        self.known.keep(entry_id=some_id("place"))
        self.known.keep(entry_id=center)

    async def _is_shown(self, template: str, *, browser: aiohttp.ClientSession) -> bool:
        for address in self._addresses(template):
            async with browser.get(self._home + address, allow_redirects=False) as answer:
                text = await answer.text()
                shown = answer.status == 200 or (answer.status == 303 and "/sign-in" not in answer.headers["Location"])
                kept = " ".join(_ADDRESSES.findall(text)) if shown else text
                self.around.pages.append((template, f"{dict(answer.headers)} {kept}"))
                if shown:
                    return True
        return False

    def _addresses(self, template: str) -> Iterator[str]:
        names = re.findall(r"{(\w+)}", template)
        candidates = [self._candidates(name)[:3] for name in names]
        for values in itertools.product(*candidates):
            yield template.format(**dict(zip(names, values, strict=True)))

    def _candidates(self, name: str) -> list[str]:
        if name == "subject_id":
            return self.known.ids["handoff_id"]
        if name == "worker_id":
            return [self.stage.registry.workers["fay"]]
        return _ALWAYS.get(name) or self.known.ids.get(name, [])

    @property
    def _home(self) -> str:
        return f"http://{self.around.address('console-api')}"

    async def _signed_in(self, who: str) -> aiohttp.ClientSession:
        email = ADMINISTRATOR if who == "administrator" else self.stage.network.worker(who).email
        async with aiohttp.ClientSession() as door:
            answer = await door.post(
                f"{self._home}/sign-in",
                data={"email": email, "password": PASSWORD},
                headers={"Origin": self._home},
                allow_redirects=False,
            )
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        connector = aiohttp.TCPConnector(limit=_PAGES_AT_ONCE)
        return aiohttp.ClientSession(headers={"Cookie": cookie}, connector=connector)
