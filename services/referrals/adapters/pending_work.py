"""What a unit of work leaves behind at its end: new rows, facts for the outbox, and the answer under the caller's key."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.referrals.adapters.row_writer import NewRow
from services.referrals.adapters.tables import idempotency, outbox
from services.referrals.use_cases.once import Once, Rendered
from shared.contracts.codes import Service
from shared.contracts.events import Event, EventData, EventType
from shared.etags import etag
from shared.idempotency import RequestKey, StoredResponse
from shared.outbox import new_event, outbox_rows


class PendingWork:
    """Gathers; writes nothing itself."""

    def __init__(self, *, tenant_id: UUID) -> None:
        self.tenant_id = tenant_id
        self.announced: list[Event] = []
        self._new_rows: list[NewRow] = []
        self._result: object | None = None

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """A fact for the outbox; written when the unit of work is left cleanly."""
        self.announced.append(new_event(source=Service.REFERRALS, type=event, subject=subject, data=data))

    def answer(self, result: object) -> None:
        """The result that the caller's key will stand for."""
        self._result = result

    def write_later(self, table: sa.Table, row: Mapping[str, Any]) -> None:
        """A new row, written together with all others in one statement when the unit of work is left cleanly."""
        self._new_rows.append((table, row))

    def rows(self, *, once: Once | None = None) -> list[NewRow]:
        """Everything to be written: rows, facts, and the answer where there is a key to keep it under."""
        rows = self._new_rows + [(outbox, row) for row in outbox_rows(self.announced)]
        key = request_key(once, tenant_id=self.tenant_id)
        if once is not None and key is not None and self._result is not None:
            rows.append((idempotency, _answer_row(key, once.render(self._result))))
        return rows


def request_key(once: Once | None, *, tenant_id: UUID) -> RequestKey | None:
    """Under what the request's answer is kept; None where the caller sent no key."""
    if once is None or once.key is None:
        return None
    return RequestKey(
        tenant_id=tenant_id, caller=once.caller, route=once.route, key=once.key, body_digest=once.body_digest
    )


def rendered(stored: StoredResponse) -> Rendered:
    """The first answer, as it will leave the service again."""
    version = None if stored.etag is None else int(stored.etag.strip('"'))
    retry_after = json.loads(stored.body).get("retry_after_seconds")
    return Rendered(status=stored.status, body=stored.body, version=version, retry_after=retry_after)


def _answer_row(key: RequestKey, answer: Rendered) -> dict[str, Any]:
    return {
        "tenant_id": key.tenant_id,
        "caller": key.caller,
        "route": key.route,
        "key": key.key,
        "body_digest": key.body_digest,
        "status": answer.status,
        "body": answer.body,
        "etag": None if answer.version is None else etag(answer.version),
    }
