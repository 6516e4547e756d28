"""Take an HSDS document into the directory: all of it or nothing, and the same document twice changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.referrals.domain.directory_kinds import IN_ORDER
from services.referrals.domain.directory_reading import read_document
from services.referrals.use_cases.directory_book_ports import DirectoryBookWork
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """By kind how many were read, and how many of these were new or changed; (what, why) -> how often it was left out."""

    read: Mapping[str, int]
    changed: Mapping[str, int]
    left_out: Mapping[tuple[str, str], int]


async def import_directory(
    document: Any, *, tenant_id: UUID, works: WorkSource[DirectoryBookWork], clock: Clock
) -> Imported:
    """What came of it. Raises DocumentRefused, and NotFound for a link to what neither the document nor the directory has."""
    reading = read_document(document)
    changed = {}
    async with works.begin(tenant_id) as work:
        for kind in IN_ORDER:
            changed[kind] = await work.directory_book.keep(kind, reading.rows[kind], at=clock.now())
    return Imported(
        read={kind: len(rows) for kind, rows in reading.rows.items()}, changed=changed, left_out=dict(reading.left_out)
    )
