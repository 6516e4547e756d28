"""What is to be watched of telling, as statements on the live database."""

from shared.metrics import INBOX_FIGURES, OUTBOX_FIGURES, LiveFigures

FIGURES = (
    OUTBOX_FIGURES,
    INBOX_FIGURES,
    LiveFigures(
        # Since it was due: however often an item was looked at since, nobody has been shown it.
        sql="""SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) AS handrail_items_oldest_seconds
            FROM deliveries WHERE channel = 'inbox' AND next_at IS NOT NULL AND due_at <= now()""",
        values={"handrail_items_oldest_seconds": "Age of the oldest inbox item that is due and not shown yet"},
    ),
    LiveFigures(
        # Since it may go: one that waits for the end of somebody's night waits rightly, and must hide no other.
        sql="""SELECT coalesce(extract(epoch FROM now() - min(next_at)), 0) AS handrail_deliveries_oldest_seconds
            FROM deliveries WHERE channel <> 'inbox' AND next_at IS NOT NULL AND next_at <= now()""",
        values={"handrail_deliveries_oldest_seconds": "How long the oldest message that may go now has not gone"},
    ),
    LiveFigures(
        sql="SELECT channel, (open_until IS NOT NULL)::int AS handrail_provider_gate_open FROM provider_gates",
        values={"handrail_provider_gate_open": "1 while the breaker before a provider is open"},
        labels=("channel",),
    ),
    LiveFigures(
        # Looks at every delivery that is kept, so it comes last: where it takes too long, the ages above are told all the same.
        sql="SELECT channel, state, count(*) AS handrail_deliveries FROM deliveries GROUP BY channel, state",
        values={"handrail_deliveries": "Deliveries that are kept, by way and state"},
        labels=("channel", "state"),
    ),
)
