"""What happens by when: each protocol that a programme goes by, and the programmes that do."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.console.domain import told
from services.console.domain.due_words import Side, side_of
from services.console.domain.session import Session
from services.console.domain.told_team import Protocol, ProtocolStep
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Refused
from services.console.use_cases.referring_ports import Teams


@dataclass(frozen=True, kw_only=True, slots=True)
class InUse:
    """A protocol by its code, and who goes by it."""

    code: str
    programmes: Sequence[told.Programme]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtocolPage:
    """`protocol` is absent where no version is in force today."""

    in_use: InUse
    protocol: Protocol | None


def protocols_in_use(directory: Directory) -> list[InUse]:
    """By code."""
    active = directory.active_programmes()
    codes = sorted({one.protocol_code for one in active})
    return [InUse(code=code, programmes=[one for one in active if one.protocol_code == code]) for code in codes]


async def read_protocol(code: str, *, directory: Directory, by: Session, teams: Teams) -> ProtocolPage | None:
    """As it is in force at the first programme that goes by it; nothing for a code that none goes by."""
    found = next((one for one in protocols_in_use(directory) if one.code == code), None)
    if found is None:
        return None
    return ProtocolPage(in_use=found, protocol=await protocol_of(found.programmes[0], by=by, teams=teams))


async def protocol_of(programme: told.Programme, *, by: Session, teams: Teams) -> Protocol | None:
    """What a programme goes by today; nothing where no version is in force."""
    try:
        return await teams.protocol(programme.id, by=by)
    except Refused as refused:
        if refused.status in (404, 409, 422):
            return None
        raise


def by_side(protocol: Protocol) -> list[tuple[Side, list[ProtocolStep]]]:
    """The steps on each side of leaving, in the order in which they are written down; empty sides are left out."""
    sides = [(side, [one for one in protocol.steps if side_of(one.anchor, one.due) is side]) for side in Side]
    return [(side, steps) for side, steps in sides if steps]
