"""One module per group of addresses; main.py includes each `router`."""
