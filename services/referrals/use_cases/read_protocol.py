"""Show the protocol that a programme's transitions begin under."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.protocol_shelf import ProtocolShelf, ProtocolUnavailable
from services.referrals.domain.protocols import Protocol
from services.referrals.use_cases.ports import DirectoryWork, WorkSource


async def read_protocol(
    programme_id: UUID, *, on: datetime, by: Actor, works: WorkSource[DirectoryWork], protocols: ProtocolShelf
) -> Protocol:
    """The version in force on that day. Raises NotFound, and InvalidField where none is."""
    async with works.begin(by.tenant_id) as work:
        programme = await work.programmes.get(programme_id)
    try:
        return protocols.choose(
            programme.protocol_code, setting=programme.setting, model=programme.integration_model, on=on
        )
    except ProtocolUnavailable:
        raise InvalidField("protocol_unavailable", pointer="/on") from None
