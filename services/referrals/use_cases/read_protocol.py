"""Show the protocol that a programme's transitions begin under."""

from datetime import date
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.local_times import local_date
from services.referrals.domain.protocol_shelf import ProtocolShelf, ProtocolUnavailable
from services.referrals.domain.protocols import Protocol
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock


async def read_protocol(
    programme_id: UUID,
    *,
    on: date | None,
    by: Actor,
    works: WorkSource[DirectoryWork],
    protocols: ProtocolShelf,
    clock: Clock,
) -> Protocol:
    """The version in force on that day; without one, today, by the programme's wall clock. Raises NotFound, and InvalidField where none is."""
    async with works.begin(by.tenant_id) as work:
        programme = await work.programmes.get(programme_id)
    day = on or local_date(clock.now(), time_zone=programme.time_zone)
    try:
        return protocols.choose(
            programme.protocol_code, setting=programme.setting, model=programme.integration_model, on=day
        )
    except ProtocolUnavailable:
        raise InvalidField("protocol_unavailable", pointer="/on") from None
