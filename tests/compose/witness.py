"""Discharges one person after another while somebody restarts things, then looks whether each of them was told of.

The rehearsal hands this to a container's Python over standard input; argument: a file whose appearance means "enough".
Prints a line per discharge, and at the end one JSON object. Only what was acknowledged counts, and all of that does.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from handrail.demo.api import Answer, Api, UnexpectedAnswer, Visitor, addresses_of
from handrail.demo.loading import Registry, read_registry
from handrail.demo.network import PASSWORD, Network, load_network, person_name
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service

PROGRAMME, SENDER = "unit_four", "rosa"
PATIENCE_SECONDS = 150.0
STATE = StateFolder(Path("/state"))


def say(words: str) -> None:
    """A line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


class Witness:
    """Counts what was refused on the way, and keeps what was acknowledged."""

    def __init__(self, *, api: Api, network: Network, registry: Registry) -> None:
        self._api, self._network, self._registry = api, network, registry
        self.repeated = 0
        self.handoffs: list[tuple[str, str]] = []

    async def visitor(self, worker_id: str) -> Visitor:
        """Somebody's own session."""
        worker = self._network.worker(self._registry.worker_key(worker_id))
        return await self._api.sign_in(worker.email, PASSWORD)

    async def until_acknowledged(self, sender: Visitor, path: str, body: dict[str, Any]) -> Answer:
        """Repeat with the same key until there is an answer: what every client should do."""
        key = str(uuid4())
        while True:
            try:
                return await sender.ask(Service.REFERRALS, "POST", path, body=body, key=key, expect={200, 201})
            except (UnexpectedAnswer, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                self.repeated += 1
                say(f"{datetime.now(UTC):%H:%M:%S} no answer to {path} yet ({type(error).__name__})")
                await asyncio.sleep(1)

    async def discharge(self, sender: Visitor, number: int) -> None:
        """One person goes home."""
        person = (await self.until_acknowledged(sender, "/people", person_name(number % 600))).body
        body = {
            "person_id": person["id"],
            "programme_id": self._registry.programmes[PROGRAMME],
            "status": "discharged",
            "occurred_at": datetime.now(UTC).isoformat(),
        }
        begun = (await self.until_acknowledged(sender, "/transitions", body)).body
        self.handoffs.append((begun["id"], begun["handoff_id"]))
        say(f"{datetime.now(UTC):%H:%M:%S} discharge {len(self.handoffs)} is acknowledged")

    async def untold(self, sender: Visitor) -> list[str]:
        """What is wrong with each handoff whose present addressee does not have exactly one item about it."""
        inboxes: dict[str, list[str]] = {}
        wrong = []
        for transition_id, handoff_id in self.handoffs:
            transition = (await sender.get(Service.REFERRALS, f"/transitions/{transition_id}")).body
            handoff = (await sender.get(Service.REFERRALS, f"/handoffs/{handoff_id}")).body
            asked = handoff["offers"][-1]["worker_id"]
            if asked not in inboxes:
                items = await (await self.visitor(asked)).every(Service.NOTIFICATIONS, "/inbox?state=open", most=5000)
                inboxes[asked] = [item["subject_id"] for item in items]
            shown = inboxes[asked].count(handoff_id)
            if transition["status"] != "discharged" or not transition["owner_worker_id"] or shown != 1:
                wrong.append(f"{handoff_id}: {transition['status']}, {handoff['state']}, {shown} items")
        return wrong


async def main(enough: Path) -> int:
    """Discharge until there is enough, then look until all is told or patience runs out. 0 when nothing is missing."""
    registry = read_registry(STATE)
    if registry is None:
        raise SystemExit("run the demo once first: it loads the network")
    async with Api(addresses=addresses_of(STATE)) as api:
        witness = Witness(api=api, network=load_network(), registry=registry)
        sender = await witness.visitor(registry.workers[SENDER])
        number = 0
        while not enough.exists():
            number += 1
            await witness.discharge(sender, number)
            await asyncio.sleep(0.5)
        say("enough; now every one of them must be told")
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            wrong = await witness.untold(sender)
            if not wrong or asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(2)
    counts = {"acknowledged": len(witness.handoffs), "repeated": witness.repeated, "missing": len(wrong)}
    for line in wrong[:5]:
        say(line)
    say(json.dumps(counts))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]))))
