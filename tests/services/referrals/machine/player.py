"""What every rule of the machine is made of: choose a row, ask for something, and look that a refusal left no trace."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from uuid import uuid4

import httpx2
from fastapi.routing import APIRoute
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from starlette.routing import Match

from services.referrals.main import ROUTERS
from tests.services.referrals.machine.network import REFUSED, Doors, Network, Row, soon
from tests.services.referrals.machine.staff import EVERYBODY

WHICH = st.integers(0, 11)
ANYBODY = st.sampled_from(EVERYBODY)
BELONGS = st.sampled_from([True, True, True, False])
"""Whether somebody asks to whom the move belongs, or anybody at all."""
AGO = st.sampled_from([None, None, 2.0, 90.0, 5760.0])
"""Minutes by which what is told lies before the telling; None: it happened now."""
BEHIND = st.sampled_from([0] * 9 + [1])
"""By how many versions the caller's page is out of date."""

WITHOUT_KEY = ("share_lived_experience", "record_wish", "import_directory")
"""Said twice they put the same in the place of the same, so nobody has to know that it is a repetition."""

Asking = Callable[[], Coroutine[Any, Any, httpx2.Response]]


class Player(RuleBasedStateMachine):
    """Chooses by place in the order of ids, so that the same draws find the same rows."""

    doors: Doors
    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.network = Network(self.doors)
        self.waiting: list[tuple[str, Asking]] | None = None
        self.last: tuple[Asking, httpx2.Response] | None = None
        self.newcomers = 0
        self.doors.counts.sequences += 1

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        """Until it is done."""
        return self.loop.run_until_complete(doing)

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Rows of the database; `$1` is the tenant."""
        found: list[Row] = self.run(self.network.fetch(query, *values))
        return found

    def pick(self, table: str, which: int, *, where: str = "true") -> Row | None:
        """One row of a table, in order of id; None where there is none."""
        found = self.rows(f"SELECT * FROM {table} WHERE tenant_id = $1 AND {where} ORDER BY id")
        return found[which % len(found)] if found else None

    def newcomer(self) -> Row:
        """Somebody whose names nobody else has, so that a name found in an answer is theirs."""
        self.newcomers += 1
        return {"given_name": f"Zenobia{self.newcomers}th", "family_name": f"Isambard{self.newcomers}th"}

    def somebody(self, workers: Sequence[Any], *, belongs: bool, anybody: str) -> str:
        """One of these workers where the move belongs to them, anybody otherwise."""
        names = {worker_id: name for name, worker_id in self.network.known.workers.items()}
        theirs = sorted({names[str(one)] for one in workers if one is not None and str(one) in names})
        if not belongs or not theirs:
            return anybody
        return theirs[EVERYBODY.index(anybody) % len(theirs)]

    def tell(self, verb: str, by: str, path: str, body: Any = None, **more: Any) -> None:
        """Ask for something; `ago` becomes its `occurred_at`. Two that wait for each other are asked at once."""
        method, version = more.pop("method", "POST"), more.pop("version", None)
        version = 2 if version == 0 else version  # behind the first there is none: one that is yet to come is as stale
        ago = more.pop("ago", None)
        assert not more, more
        if ago is not None:
            body = (body or {}) | {"occurred_at": soon(minutes=-ago)}
        key = str(uuid4())
        self._check_reaches(verb, method=method, path=path)

        async def asking() -> httpx2.Response:
            return await self.network.ask(by, method, path, body, version=version, key=key)

        self.perform(verb, asking)

    def _check_reaches(self, verb: str, *, method: str, path: str) -> None:
        """The route's module knows the verb that is counted, so that no rule counts for another."""
        scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
        for router in ROUTERS:
            for route in router.routes:
                if isinstance(route, APIRoute) and route.matches(scope)[0] is Match.FULL:
                    assert verb.split()[0] in route.endpoint.__globals__, (verb, path)
                    return
        raise AssertionError(f"there is no route {method} {path}")

    def perform(self, verb: str, asking: Asking) -> None:
        """Ask it alone, or with the one that waits for a second."""
        self.doors.counts.steps += 1
        if self.waiting is None:
            self._alone(verb, asking)
        elif self.waiting:
            self._at_once(*self.waiting, (verb, asking))
        else:
            self.waiting.append((verb, asking))

    def _alone(self, verb: str, asking: Asking) -> None:
        before = self.run(self.network.state())
        answer = self.run(asking())
        if self._count(verb, answer):
            if verb not in WITHOUT_KEY:
                self.last = (asking, answer)
            return
        after = self.run(self.network.state())
        if answer.status_code == 409 and "verdict" in answer.json():
            return  # the scope guard's word is an answer that is kept with the key; `Checks` looks that there is no task
        self.doors.counts.compared += 1
        assert after == before, f"a refusal of `{verb}` left a trace: {answer.text}"

    def _at_once(self, *both: tuple[str, Asking]) -> None:
        self.waiting = None
        self.doors.counts.at_once += 1

        async def together() -> list[httpx2.Response]:
            return list(await asyncio.gather(*(asking() for _, asking in both)))

        for (verb, _), answer in zip(both, self.run(together()), strict=True):
            self._count(verb, answer)

    def _count(self, verb: str, answer: httpx2.Response) -> bool:
        counts = self.doors.counts
        if answer.status_code in REFUSED:
            counts.refused[verb] += 1
            return False
        assert answer.status_code in (200, 201, 202), f"`{verb}` answered {answer.status_code}: {answer.text}"
        counts.accepted[verb] += 1
        return True
