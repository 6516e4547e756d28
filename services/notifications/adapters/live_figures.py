"""What is to be watched of telling, as statements on the live database."""

from shared.metrics import INBOX_FIGURES, OUTBOX_FIGURES, LiveFigures

FIGURES = (
    OUTBOX_FIGURES,
    INBOX_FIGURES,
    LiveFigures(
        sql="SELECT channel, state, count(*) AS handrail_deliveries FROM deliveries GROUP BY channel, state",
        values={"handrail_deliveries": "Deliveries that are kept, by way and state"},
        labels=("channel", "state"),
    ),
    LiveFigures(
        sql="""SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) AS handrail_deliveries_oldest_seconds
            FROM deliveries WHERE next_at IS NOT NULL AND due_at <= now()""",
        values={"handrail_deliveries_oldest_seconds": "Age of the oldest delivery that is due and not told yet"},
    ),
    LiveFigures(
        sql="SELECT channel, (open_until IS NOT NULL)::int AS handrail_provider_gate_open FROM provider_gates",
        values={"handrail_provider_gate_open": "1 while the breaker before a provider is open"},
        labels=("channel",),
    ),
)
