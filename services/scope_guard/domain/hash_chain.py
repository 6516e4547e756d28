"""Tamper evidence for the decision log: each link is the hash of the link before it and of its own row.

A link at position n is SHA-256(link n-1 || SHA-256(canonical JSON of row n)). Position 0 is made from the tenant's
id, so that no tenant's chain can be passed off as another's. Rows are chained by a sealer after they were
committed: a head inside the write transaction would cost seven eighths of the write rate.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from services.scope_guard.domain.decision_log import LoggedDecision


class BreakKind(StrEnum):
    """How a chain is broken."""

    ALTERED = "altered"
    """The row, or its link, is not what was sealed."""
    MISSING = "missing"
    """A position between the first and the head has no row."""
    HEAD_DIFFERS = "head_differs"
    """The last link is not the head that was kept apart."""


@dataclass(frozen=True)
class ChainHead:
    """The newest link of a tenant's chain; position 0 while nothing is sealed."""

    position: int
    link: bytes


@dataclass(frozen=True)
class SealedDecision:
    """A row with its place in the chain."""

    position: int
    link: bytes
    row: LoggedDecision

    @property
    def head(self) -> ChainHead:
        """The head of a chain that ends here."""
        return ChainHead(position=self.position, link=self.link)


@dataclass(frozen=True)
class BrokenLink:
    """The first place where the chain does not hold. `decision_id` is None where the row itself is gone."""

    position: int
    kind: BreakKind
    decision_id: UUID | None = None


def empty_chain(tenant_id: UUID) -> ChainHead:
    """Where every tenant's chain begins."""
    return ChainHead(position=0, link=hashlib.sha256(b"handrail decision log v1 " + tenant_id.bytes).digest())


def row_digest(row: LoggedDecision) -> bytes:
    """SHA-256 over every field of the row, as JSON with sorted keys and UTC microseconds."""
    content = {field.name: getattr(row, field.name) for field in fields(row)}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_canonical)
    return hashlib.sha256(canonical.encode("ascii")).digest()


def append(head: ChainHead, row: LoggedDecision) -> SealedDecision:
    """The row as the next link after `head`."""
    link = hashlib.sha256(head.link + row_digest(row)).digest()
    return SealedDecision(position=head.position + 1, link=link, row=row)


def advance(head: ChainHead, sealed: SealedDecision) -> ChainHead | BrokenLink:
    """The head after one more sealed row, or how that row breaks the chain that is trusted up to `head`."""
    if sealed.position != head.position + 1:
        return BrokenLink(position=head.position + 1, kind=BreakKind.MISSING)
    if append(head, sealed.row).link != sealed.link:
        return BrokenLink(position=sealed.position, kind=BreakKind.ALTERED, decision_id=sealed.row.decision_id)
    return sealed.head


def compare_heads(reached: ChainHead, kept: ChainHead) -> BrokenLink | None:
    """Whether the chain ends where the head, kept apart from it, says; a cut-off tail shows here."""
    if reached == kept:
        return None
    if reached.position < kept.position:
        return BrokenLink(position=reached.position + 1, kind=BreakKind.MISSING)
    return BrokenLink(position=kept.position, kind=BreakKind.HEAD_DIFFERS)


def _canonical(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a decision row can't hold a {type(value).__name__}")
