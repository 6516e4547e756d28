"""What the beat rings for this service. Every task is safe to run twice at once."""

from shared.task_queue import ScheduleEntry

RELAY = "referrals.relay"
PROCESS_INBOX = "referrals.process_inbox"
SWEEP = "referrals.sweep"
PURGE = "referrals.purge"

BEAT_SCHEDULE: dict[str, ScheduleEntry] = {
    RELAY: ScheduleEntry(task=RELAY, every_seconds=5),
    PROCESS_INBOX: ScheduleEntry(task=PROCESS_INBOX, every_seconds=5),
    SWEEP: ScheduleEntry(task=SWEEP, every_seconds=5),
    PURGE: ScheduleEntry(task=PURGE, every_seconds=3600),
}
