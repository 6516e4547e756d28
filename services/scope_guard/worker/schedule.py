"""What the beat rings for this service. Every task is safe to run twice at once."""

from shared.task_queue import ScheduleEntry

RELAY = "scope_guard.relay"
SEAL = "scope_guard.seal"

BEAT_SCHEDULE: dict[str, ScheduleEntry] = {
    RELAY: ScheduleEntry(task=RELAY, every_seconds=5),
    SEAL: ScheduleEntry(task=SEAL, every_seconds=5),
}
