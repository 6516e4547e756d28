"""What the beat rings. Two beats, or a lost one, change nothing but the moment."""

from shared.task_queue import ScheduleEntry

PROCESS_INBOX = "notifications.process_inbox"
SWEEP = "notifications.sweep"
RELAY = "notifications.relay"
PURGE = "notifications.purge"

OUTGOING = "notifications.outgoing"
"""The queue of whatever waits for somebody else's server. Its workers may all stand before one that hangs; those that show
inbox items are others (decision 18)."""
SEND = f"{OUTGOING}.send"
WRITE = f"{OUTGOING}.write"
CALL_WEBHOOKS = f"{OUTGOING}.call_webhooks"

SWEEP_SECONDS = 5.0
WRITE_SECONDS = 30.0
PURGE_SECONDS = 3600.0

BEAT_SCHEDULE: dict[str, ScheduleEntry] = {
    SWEEP: ScheduleEntry(task=SWEEP, every_seconds=SWEEP_SECONDS),
    SEND: ScheduleEntry(task=SEND, every_seconds=SWEEP_SECONDS),
    WRITE: ScheduleEntry(task=WRITE, every_seconds=WRITE_SECONDS),
    CALL_WEBHOOKS: ScheduleEntry(task=CALL_WEBHOOKS, every_seconds=SWEEP_SECONDS),
    PURGE: ScheduleEntry(task=PURGE, every_seconds=PURGE_SECONDS),
}
