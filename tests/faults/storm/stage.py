"""A running product with people in it, who can be healed: where storms and mutants perform."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from handrail.demo.api import Api
from shared.contracts.codes import Service
from tests.faults.storm.gathering import Collector
from tests.faults.storm.lines import CALLBACKS
from tests.faults.storm.network import Network, build_network
from tests.faults.storm.system import System, running_system

Say = Callable[[str], None]

_SAID_OF_A_TEXT = (
    ("delivered", None, 204),
    ("delivered", None, 204),
    ("sent", None, 204),
    ("queued", None, 204),
    ("failed", b"f" * 32, 401),
)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A running product with a network in it, and somebody who collects evidence."""

    system: System
    network: Network
    collector: Collector


@asynccontextmanager
async def open_stage(*, say: Say, keep_logs: Path | None = None) -> AsyncIterator[Stage]:
    """Start everything, and load the network while the weather is fine."""
    async with running_system(say=say, keep_logs=keep_logs) as system:
        addresses = {one: system.url(one) for one in (Service.IDENTITY, Service.NOTIFICATIONS, Service.SCOPE_GUARD)}
        async with Api(addresses=addresses | {Service.REFERRALS: system.lines.client_url()}) as api:
            network = await build_network(system, api)
            say(f"everything is ready; {len(network.people)} people work here")
            yield Stage(system=system, network=network, collector=Collector(system, network))


async def heal(stage: Stage) -> None:
    """Every line passes, mail is well, and every process is ready. Only then the provider of texts calls back."""
    stage.system.lines.heal()
    await stage.system.ready()
    await call_back(stage)


async def call_back(stage: Stage) -> None:
    """Of each text: delivered, then the same again, then what should have come before, and a forger's word."""
    texts, address = stage.system.lines.texts, stage.system.url(Service.NOTIFICATIONS)
    async with aiohttp.ClientSession() as session:
        for text in list(texts.taken.values()):
            path = text.form["StatusCallback"].removeprefix(CALLBACKS)
            for status, secret, answer in _SAID_OF_A_TEXT:
                body, headers = texts.callback(
                    CALLBACKS + path, at=int(time.time()), secret=secret, MessageStatus=status
                )
                async with session.post(f"{address}/callbacks/sms{path}", data=body, headers=headers) as heard:
                    assert heard.status == answer, f"a callback was answered with {heard.status}"
