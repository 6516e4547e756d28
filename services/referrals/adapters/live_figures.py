"""What is to be watched of handoffs and tasks, as statements on the live database."""

from shared.metrics import INBOX_FIGURES, OUTBOX_FIGURES, LiveFigures

FIGURES = (
    OUTBOX_FIGURES,
    INBOX_FIGURES,
    LiveFigures(
        sql="""SELECT count(*) AS handrail_clocks_missed FROM handoff_milestones
            WHERE missed_at IS NOT NULL AND met_at IS NULL AND lifted_at IS NULL""",
        values={"handrail_clocks_missed": "Steps that are overdue and still owed"},
    ),
    LiveFigures(
        sql="""SELECT count(*) AS handrail_handoffs_silent FROM handoffs
            WHERE attention = 'escalation_unanswered' AND state NOT IN ('closed', 'withdrawn')""",
        values={"handrail_handoffs_silent": "Handoffs that nobody has answered, the supervisor included"},
    ),
    LiveFigures(
        sql="SELECT count(*) AS handrail_tasks_undecided FROM tasks WHERE ask_again_at IS NOT NULL",
        values={"handrail_tasks_undecided": "Tasks on which the scope guard has not answered yet"},
    ),
)
