"""What this service does, one verb per file; `ports.py` says what it needs for that."""
