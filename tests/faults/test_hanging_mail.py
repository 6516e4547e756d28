"""A mail server that takes connections and never says a word: messages wait for it, inbox items do not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa

from services.notifications.adapters import tables
from services.notifications.domain.codes import Channel
from services.notifications.worker import schedule
from shared.contracts.codes import Service
from shared.database import transaction
from tests.faults.house import House
from tests.faults.told_once import Told

CHILDREN = 2


@asynccontextmanager
async def silent_mail_server() -> AsyncIterator[tuple[int, set[asyncio.StreamWriter]]]:
    """Its port, and whoever stands before it."""
    standing: set[asyncio.StreamWriter] = set()

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        standing.add(writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], standing
    finally:
        for writer in standing:
            writer.transport.abort()
        server.close()


async def test_items_are_shown_while_every_sender_stands_before_a_mail_server_that_hangs(house: House) -> None:
    async with silent_mail_server() as (port, standing), asyncio.timeout(120):
        showing = house.start(children=1, queues=(Service.NOTIFICATIONS.value,))
        house.start(children=CHILDREN, queues=(schedule.OUTGOING,), mail_port=port)
        held = []
        for _ in range(CHILDREN):
            held.append(told := await house.offers())
            await house.hear(told)
            await showing.run(schedule.PROCESS_INBOX)
            # by the bell that was rung when the items were shown: one more sender has taken what it can for now not end
            while len(await _in_somebodys_hands(house)) < sum(len(one.events) for one in held):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        while len(standing) < sum(len(one.entitled) for one in held):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        late = await house.offers()
        await house.hear(late)
        await showing.run(schedule.PROCESS_INBOX)
        assert await _open_items(house, late) == set(late.entitled.values())
        assert len(await _in_somebodys_hands(house)) == sum(len(one.events) for one in held), "mail still hangs"


async def _in_somebodys_hands(house: House) -> list[object]:
    messages = sa.select(tables.deliveries.c.delivery_id).where(
        tables.deliveries.c.channel != Channel.INBOX.value, tables.deliveries.c.state == "leased"
    )
    async with transaction(house.engine, tenant_id=None) as connection:
        return list((await connection.execute(messages)).scalars())


async def _open_items(house: House, told: Told) -> set[object]:
    shown = sa.select(tables.items.c.subject_id).where(
        tables.items.c.tenant_id == told.tenant_id, tables.items.c.state == "open"
    )
    async with transaction(house.engine, tenant_id=None) as connection:
        return set((await connection.execute(shown)).scalars())
