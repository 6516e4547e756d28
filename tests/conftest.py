"""Fixtures for everyone: one real PostgreSQL and Valkey for a whole run, a real SMTP server."""

pytest_plugins = [
    "tests.fixtures.scheduling",
    "tests.fixtures.databases",
    "tests.fixtures.brokers",
    "tests.fixtures.mail",
    "tests.fixtures.tokens",
]
