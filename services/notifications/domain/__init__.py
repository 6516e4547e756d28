"""States and rules of telling; no I/O, no clock, no framework."""
