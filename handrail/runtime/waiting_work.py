"""How long the oldest work has waited in each service, asked of what the service itself shows to whoever watches."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from handrail.runtime import probes

TWO_SWEEPS_SECONDS = 10.0
"""After an outage nothing waits longer (invariant I9)."""

AGES: Mapping[str, tuple[str, str]] = {
    "handrail_outbox_oldest_seconds": ("fact that a neighbour has not taken", "outbox"),
    "handrail_inbox_oldest_seconds": ("fact that was taken and not applied", "inbox"),
    "handrail_items_oldest_seconds": ("inbox item that is due and not shown", "items"),
    "handrail_deliveries_oldest_seconds": ("message that is due and not told", "deliveries"),
}
_QUARANTINED = "handrail_inbox_quarantined"


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What waits in one service: seconds by the codes of AGES, and how many events were set aside."""

    service: str
    ages: Mapping[str, float]
    quarantined: int

    @property
    def is_late(self) -> bool:
        """Whether a fact or an inbox item waits longer than two sweeps. A message may wait: for a provider, or for its limit."""
        return max(self.ages.get(code, 0) for code in ("outbox", "inbox", "items")) > TWO_SWEEPS_SECONDS

    @property
    def words(self) -> str:
        """One line for people."""
        said = [f"oldest {what} {_seconds(self.ages[code])}" for what, code in AGES.values() if code in self.ages]
        if self.quarantined:
            said.append(f"{self.quarantined} set aside")
        return f"{self.service}: {', '.join(said)}"

    @property
    def advice(self) -> str:
        """What to do, where something is wrong."""
        if self.quarantined:
            return (
                f"`handrail {self.service} quarantine` lists them, `handrail {self.service} replay ID` tries one again"
            )
        return f"see that the beat, {self.service}-worker and its neighbours run: `handrail status`, `handrail logs {self.service}-worker`"


async def waiting_in(service: str, *, port: int) -> Waiting | None:
    """What waits in a service; None where it shows nothing, or its database does not answer."""
    answer = await probes.http_answer(port, path="/metrics")
    if answer is None or answer[0] != 200:
        return None
    found = {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer[1].decode())
        for sample in family.samples
        if not sample.labels
    }
    ages = {code: found[name] for name, (_, code) in AGES.items() if name in found}
    return Waiting(service=service, ages=ages, quarantined=int(found.get(_QUARANTINED, 0))) if ages else None


def waiting_everywhere(ports: Mapping[str, int]) -> list[Waiting]:
    """What waits in every service that answers; `ports` as the status file keeps them."""

    async def look() -> list[Waiting]:
        apis = {name.removesuffix("-api"): port for name, port in ports.items() if name.endswith("-api")}
        found = await asyncio.gather(*(waiting_in(service, port=port) for service, port in sorted(apis.items())))
        return [one for one in found if one is not None]

    return asyncio.run(look())


def _seconds(age: float) -> str:
    if age < 1:
        return "none"
    return f"{age:.0f} s" if age < 120 else f"{age / 60:.0f} min"
