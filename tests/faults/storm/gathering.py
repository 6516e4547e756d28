"""Collects the evidence: from the databases, past the proxies, and from the APIs in everybody's own name."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import asyncpg

from services.referrals.adapters.invariants import examine
from shared.contracts.codes import Service
from shared.database import create_engine
from tests.faults.storm.evidence import Evidence, Row
from tests.faults.storm.network import Network
from tests.faults.storm.system import System

MOST_ITEMS = 20_000

_REFERRALS = {
    "transitions": "SELECT id, visit_reference, status, owner_worker_id, version, person_id FROM transitions",
    "handoffs": "SELECT id, transition_id, state, version, accepted_by FROM handoffs",
    # when it was written down that it had ended: `answered_at` is when it happened, which is known later
    "offers": """
        SELECT handoff_id, offer_number, worker_id, status, offered_at, (
            SELECT min(f.recorded_at) FROM handoff_facts f
            WHERE f.tenant_id = o.tenant_id AND f.handoff_id = o.handoff_id AND (
                f.kind IN ('withdrawn', 'retracted') OR f.offer_number = o.offer_number
                AND f.kind IN ('accepted', 'declined', 'unanswered', 'escalation_unanswered'))) AS ended_at
        FROM handoff_offers o""",
    "facts": "SELECT handoff_id, kind, version, by_worker_id FROM handoff_facts",
    "tasks": "SELECT id, person_id, status, decision_id, verdict, assigned_at, version,"
    " decision ->> 'policy_version' AS policy_version FROM tasks",
}
_NOTIFICATIONS = {
    "items": "SELECT worker_id, subject_id, kind, occasion, state FROM items",
    "messages": """
        SELECT m.message_id, m.begun_at, m.receipt, d.worker_id, d.subject_id, i.kind, i.occasion FROM messages m
        JOIN deliveries d ON d.tenant_id = m.tenant_id AND d.message_id = m.message_id
        JOIN items i ON i.tenant_id = d.tenant_id AND i.item_id = d.item_id""",
}
_WAITING = {
    Service.REFERRALS: """
        SELECT 'outbox ' || consumer AS place, event_id AS id, recorded_at AS since FROM outbox WHERE done_at IS NULL
        UNION ALL SELECT 'event_inbox', event_id, received_at FROM event_inbox WHERE state = 'pending'
        UNION ALL SELECT 'undecided task', id, ask_again_at FROM tasks WHERE ask_again_at IS NOT NULL""",
    Service.SCOPE_GUARD: """
        SELECT 'outbox ' || consumer AS place, event_id AS id, recorded_at AS since FROM outbox WHERE done_at IS NULL""",
    Service.NOTIFICATIONS: """
        SELECT 'outbox ' || consumer AS place, event_id AS id, recorded_at AS since FROM outbox WHERE done_at IS NULL
        UNION ALL SELECT 'event_inbox', event_id, received_at FROM event_inbox WHERE state IN ('pending', 'quarantined')
        UNION ALL SELECT 'inbox delivery', delivery_id, due_at FROM deliveries
            WHERE channel = 'inbox' AND state IN ('planned', 'leased', 'retry') AND due_at <= now()""",
}
"""What has something to do and has not done it. Mail has rules of its own (quiet times, resting providers): see `late_mail`."""

_DECISIONS = "SELECT decision_id, verdict, policy_version, chain_position FROM decisions"
_BOUNDARY_EVENTS = "SELECT decision_id FROM boundary_events"
_RECEIPTS = "SELECT message_id, receipt FROM messages WHERE channel = 'sms' AND receipt IS NOT NULL"

_LATE_MAIL = """
    SELECT count(*) FROM deliveries
    WHERE channel <> 'inbox' AND state IN ('planned', 'leased', 'retry') AND due_at <= now()"""

QUERIES: Mapping[Service, tuple[str, ...]] = {
    Service.REFERRALS: (*_REFERRALS.values(), _WAITING[Service.REFERRALS]),
    Service.SCOPE_GUARD: (_DECISIONS, _BOUNDARY_EVENTS, _WAITING[Service.SCOPE_GUARD]),
    Service.NOTIFICATIONS: (*_NOTIFICATIONS.values(), _RECEIPTS, _LATE_MAIL, _WAITING[Service.NOTIFICATIONS]),
}
"""Everything that is asked of each database."""


class Collector:
    """`head` is the decision log's head as it was noted outside, while the storm went on."""

    def __init__(self, system: System, network: Network) -> None:
        self._network = network
        self._urls = {
            service: _owner_url(system, service)
            for service in (Service.REFERRALS, Service.SCOPE_GUARD, Service.NOTIFICATIONS)
        }
        self.head: dict[str, Any] | None = None

    async def note_head(self) -> None:
        """Remember where the chain of decisions ends now, as an auditor outside would."""
        answer = await self._network.administrator.ask(Service.SCOPE_GUARD, "POST", "/decision-log/verify")
        if answer.body["head_position"]:
            self.head = {"position": answer.body["head_position"], "link": answer.body["head_link"]}

    async def collect(self) -> Evidence:
        """Everything, as it is now."""
        found: dict[str, Any] = {}
        for service, queries in ((Service.REFERRALS, _REFERRALS), (Service.NOTIFICATIONS, _NOTIFICATIONS)):
            for name, query in queries.items():
                found[name] = await self._rows(service, query)
        waiting = [row for service, query in _WAITING.items() for row in await self._rows(service, query)]
        decisions = await self._rows(Service.SCOPE_GUARD, _DECISIONS)
        events = await self._rows(Service.SCOPE_GUARD, _BOUNDARY_EVENTS)
        receipts = await self._rows(Service.NOTIFICATIONS, _RECEIPTS)
        chain = await self._network.administrator.ask(
            Service.SCOPE_GUARD, "POST", "/decision-log/verify", body=self.head
        )
        return Evidence(
            now=datetime.now(UTC),
            **found,
            waiting=waiting,
            decisions={row["decision_id"]: row for row in decisions},
            boundary_events=Counter(row["decision_id"] for row in events),
            pages={
                worker_id: await visitor.every(Service.NOTIFICATIONS, "/inbox?state=open", most=MOST_ITEMS)
                for worker_id, visitor in self._network.people.items()
            },
            broken=await self._broken(),
            chain=chain.body,
            receipts={row["message_id"]: row["receipt"] for row in receipts},
            noted=self.head["position"] if self.head else 0,
            decided=len(decisions),
            sealed=sum(row["chain_position"] is not None for row in decisions),
        )

    async def late_mail(self) -> int:
        """Messages that are due and still on their way, those of resting providers included."""
        (row,) = await self._rows(Service.NOTIFICATIONS, _LATE_MAIL)
        return int(row["count"])

    async def _broken(self) -> list[tuple[str, str]]:
        engine = create_engine(self._urls[Service.REFERRALS], pool_size=1)
        try:
            return [(one.code, str(one.subject_id)) for one in await examine(engine)]
        finally:
            await engine.dispose()

    async def _rows(self, service: Service, query: str) -> list[Row]:
        connection = await asyncpg.connect(self._urls[service])
        try:
            return [_plain(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()


def _plain(row: Mapping[str, Any]) -> Row:
    """Ids as text, as the APIs give them."""
    return {name: str(value) if type(value).__name__ == "UUID" else value for name, value in row.items()}


def _owner_url(system: System, service: Service) -> str:
    """The owner of the tables, who sees every tenant."""
    stored = json.loads(system.state.environment_file.read_text(encoding="utf-8"))
    return str(stored[service.value][f"HANDRAIL_{service.value.upper()}_MIGRATION_DATABASE_URL"])
