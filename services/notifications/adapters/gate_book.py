"""The gates before providers on PostgreSQL: short transactions on one row each, none open while something is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notifications.adapters.tables import provider_gates as table
from services.notifications.domain.codes import Channel
from services.notifications.domain.gates import Admission, Gate, admit, heard
from services.notifications.domain.outcomes import Outcome
from shared.database import transaction
from shared.logs import get_logger

_COLUMNS = ("tokens", "refilled_at", "limited_until", "failures", "successes", "openings", "open_until", "changed_at")

_log = get_logger()


class PostgresGates:
    """The Gates port. `per_minute` names every provider that is set up, and how many messages it takes."""

    def __init__(self, engine: AsyncEngine, *, per_minute: Mapping[Channel, int]) -> None:
        self._engine = engine
        self._per_minute = per_minute

    async def admit(self, wishes: Sequence[Sequence[Channel]], *, now: datetime) -> list[Admission]:
        """The rows are locked, so that two workers never let the same message pass twice."""
        async with transaction(self._engine, tenant_id=None) as connection:
            gates = await self._locked(connection, now=now)
            changed, admissions = admit(gates, wishes=wishes, now=now)
            await self._write(connection, before=gates, after=changed)
        return admissions

    async def learn(self, outcomes: Mapping[Channel, Sequence[Outcome]], *, now: datetime) -> None:
        """A breaker that opens or closes is one line in the log, however many messages wait on it."""
        async with transaction(self._engine, tenant_id=None) as connection:
            gates = await self._locked(connection, now=now)
            changed = gates | {
                channel: heard(gates[channel], outcomes=told, now=now) for channel, told in outcomes.items()
            }
            await self._write(connection, before=gates, after=changed)
        for channel, gate in changed.items():
            if (gate.open_until is None) != (gates[channel].open_until is None):
                _log.warning("provider_gate_changed", channel=channel.value, state=gate.state(now).value)

    async def read(self, *, now: datetime) -> list[Gate]:
        """Without locks."""
        async with transaction(self._engine, tenant_id=None) as connection:
            return list((await self._gates(connection, now=now)).values())

    async def _locked(self, connection: AsyncConnection, *, now: datetime) -> dict[Channel, Gate]:
        fresh = [_row(Gate.new(channel, per_minute=limit, now=now)) for channel, limit in self._per_minute.items()]
        await connection.execute(insert(table).values(fresh).on_conflict_do_nothing())
        return await self._gates(connection, now=now, lock=True)

    async def _gates(self, connection: AsyncConnection, *, now: datetime, lock: bool = False) -> dict[Channel, Gate]:
        query = sa.select(table).order_by(table.c.channel)
        rows = (await connection.execute(query.with_for_update() if lock else query)).all()
        known = {Channel(row.channel): {name: getattr(row, name) for name in _COLUMNS} for row in rows}
        return {
            channel: Gate(channel=channel, per_minute=limit, **known[channel])
            if channel in known
            else Gate.new(channel, per_minute=limit, now=now)
            for channel, limit in self._per_minute.items()
        }

    async def _write(
        self, connection: AsyncConnection, *, before: Mapping[Channel, Gate], after: Mapping[Channel, Gate]
    ) -> None:
        for channel, gate in after.items():
            if gate != before[channel]:
                row = _row(gate)
                await connection.execute(sa.update(table).where(table.c.channel == channel.value).values(row))


def _row(gate: Gate) -> dict[str, object]:
    return {"channel": gate.channel.value} | {name: getattr(gate, name) for name in _COLUMNS}
