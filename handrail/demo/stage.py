"""What every journey of the demo stands on: the story, the APIs, the network and who is who in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from handrail.demo.api import Api, Visitor
from handrail.demo.loading import Registry
from handrail.demo.network import PASSWORD, Network, person_name
from handrail.demo.story import Story
from handrail.runtime.state_folder import StateFolder
from handrail.smtp_sink import KeptMessage, messages
from shared.contracts.codes import Service

REFERRALS, NOTIFICATIONS, SCOPE_GUARD = Service.REFERRALS, Service.NOTIFICATIONS, Service.SCOPE_GUARD


@dataclass(kw_only=True)
class Stage:
    """The network as it is loaded, and ways to act in it."""

    story: Story
    api: Api
    network: Network
    registry: Registry
    state: StateFolder

    async def visitor(self, key: str) -> Visitor:
        """The account of a worker by key."""
        return await self.api.sign_in(self.network.worker(key).email, PASSWORD)

    async def visitor_by_id(self, worker_id: str) -> Visitor:
        """The account of a worker by id."""
        return await self.visitor(self.registry.worker_key(worker_id))

    def name_of(self, worker_id: str) -> str:
        """A worker's name."""
        return self.network.worker(self.registry.worker_key(worker_id)).name

    async def new_person(self, sender: Visitor) -> str:
        """Somebody new, so that every run tells a story of its own; their id."""
        number = uuid4().int % 600
        made = await sender.ask(REFERRALS, "POST", "/people", body=person_name(number), key=str(uuid4()))
        return str(made.body["id"])

    async def act(self, who: Visitor, path: str, command: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Read the newest version, then give a command on it; the answer's body."""
        version = (await who.get(REFERRALS, path)).etag
        done = await who.ask(
            REFERRALS, "POST", f"{path}/{command}", body=body or {}, if_match=version, key=str(uuid4())
        )
        answer: dict[str, Any] = done.body
        return answer

    async def inbox_item(self, who: Visitor, subject_id: str, *, state: str = "open") -> dict[str, Any] | None:
        """The visitor's inbox item about something, if it is there; more than one would be one too many."""
        items = await who.every(NOTIFICATIONS, f"/inbox?state={state}")
        found = [item for item in items if item["subject_id"] == subject_id]
        return found[0] if len(found) == 1 else None

    def mail_since(self, since: datetime, *, to: str) -> list[KeptMessage]:
        """Mail to an address that arrived after an instant (whole seconds)."""
        return [
            message
            for message in messages(self.state.mail)
            if to in message.recipients and message.received_at >= int(since.timestamp())
        ]

    def mail_probe(self, since: datetime, *, to: str) -> Callable[[], Any]:
        """For `Step.until`: the first mail to an address since an instant."""

        async def look() -> KeptMessage | None:
            found = self.mail_since(since, to=to)
            return found[0] if found else None

        return look


def now() -> datetime:
    """The machine's time, aware."""
    return datetime.now(UTC)


TELLTALE = ("lakeside", "morningside", "open door", "peer", "discharge", "recovery", "health", "crisis", "psychiatric")
"""Words that a message outside our walls must never hold."""


def tells_nothing(message: KeptMessage, *, names: list[str]) -> bool:
    """Whether a message gives away neither a name nor a word of health or programme."""
    text = f"{message.subject}\n{message.text}\n{message.sender}".lower()
    return not any(word.lower() in text for word in (*TELLTALE, *names))
