"""States, rules and invariants of care coordination; no I/O, no clock, no framework."""
