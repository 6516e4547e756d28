"""`python -m bench [NAME]` or `python -m bench --only NAME`."""

from bench.cli import commands

commands()
