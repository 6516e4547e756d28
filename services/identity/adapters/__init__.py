"""Identity's own PostgreSQL, password hashing and token signing."""
