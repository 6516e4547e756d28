"""The lines between the parts of the product, each with a proxy on it, and where mail and texts go in the end."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.codes import Service
from tests.faults.storm.mail_server import FaultyMailServer
from tests.faults.storm.proxy import LOOPBACK, Link, Mode
from tests.faults.storm.routed_up import Route, Routes
from tests.fixtures.sms_provider import SmsProviderDouble

CALLBACKS = "http://texts.storm.example/callbacks/sms"
"""What the provider of texts signs; it finds the service by its port."""

_R, _N, _G, _I = (
    one.value for one in (Service.REFERRALS, Service.NOTIFICATIONS, Service.SCOPE_GUARD, Service.IDENTITY)
)

_HTTP = (Mode.DELAY, Mode.CUT, Mode.BLACK_HOLE, Mode.TRICKLE, Mode.LOSE_REPLY, Mode.ERROR, Mode.BABBLE)
_BYTES = (Mode.DELAY, Mode.CUT, Mode.BLACK_HOLE, Mode.TRICKLE)

MODES: dict[str, tuple[Mode, ...]] = {
    "client": (Mode.DELAY, Mode.CUT, Mode.BLACK_HOLE, Mode.TRICKLE, Mode.LOSE_REPLY, Mode.ERROR),
    "guard": _HTTP,
    "relay": _HTTP,
    "entitlements": _HTTP,
    "postgres": (*_BYTES, Mode.LOSE_REPLY, Mode.LOSE_COMMIT),
    "valkey": (*_BYTES, Mode.LOSE_REPLY),
    "smtp": _BYTES,
}
"""What can be done to each line. (To a person's client no proxy may lie: what it is told with 200 it has to believe.)"""

_SOURCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "guard": (f"{_G}-api", (_R,)),
    "relay": (f"{_N}-api", (_R, _G)),
    "entitlements": (f"{_R}-api", (_N,)),
    "postgres": ("postgres", (_R, _N, _G, _I)),
    "valkey": ("valkey", (_R, _N, _G, _I, "beat")),
}


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Every line by its name, and where mail goes in the end."""

    links: dict[str, Link]
    mail: FaultyMailServer
    texts: SmsProviderDouble

    def client_url(self) -> str:
        """Where the client finds referrals."""
        return f"http://{LOOPBACK}:{self.links['client'].port}"

    def routes(self) -> Routes:
        """For the start: every line but the client's own leads through its proxy."""
        routes = tuple(
            Route(target=target, port=self.links[name].port, sources=sources)
            for name, (target, sources) in _SOURCES.items()
        )
        settings = {
            "HANDRAIL_NOTIFICATIONS_SMTP_HOST": LOOPBACK,
            "HANDRAIL_NOTIFICATIONS_SMTP_PORT": str(self.links["smtp"].port),
            "HANDRAIL_NOTIFICATIONS_SMTP_TIMEOUT_SECONDS": "3",
            "HANDRAIL_NOTIFICATIONS_SMS_URL": self.texts.url,
            "HANDRAIL_NOTIFICATIONS_SMS_SENDER": "+15550100000",
            "HANDRAIL_NOTIFICATIONS_SMS_CALLBACK_URL": CALLBACKS,
            "HANDRAIL_NOTIFICATIONS_SMS_CALLBACK_SECRET": self.texts.secret.decode(),
        }
        return Routes(routes=routes, settings=settings)

    def heal(self) -> None:
        """Everything passes, mail too."""
        for link in self.links.values():
            link.harm(Mode.PASS)
        self.mail.heal()


@asynccontextmanager
async def open_lines(folder: Path) -> AsyncIterator[Lines]:
    """Proxies first: the product learns of their ports, and they of the product's."""

    def port_of(target: str) -> Callable[[], int]:
        def look() -> int:
            targets: dict[str, int] = json.loads((folder / "targets.json").read_text(encoding="utf-8"))
            return targets[target]

        return look

    mail, texts = FaultyMailServer(), SmsProviderDouble()
    await mail.start()
    await texts.start()
    links = {name: Link(name, target=port_of(target)) for name, (target, _) in _SOURCES.items()}
    links["client"] = Link("client", target=port_of(f"{_R}-api"))
    links["smtp"] = Link("smtp", target=lambda: mail.port)
    for link in links.values():
        await link.start()
    try:
        yield Lines(links=links, mail=mail, texts=texts)
    finally:
        for link in links.values():
            await link.stop()
        await mail.stop()
        await texts.stop()
