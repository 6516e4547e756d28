"""The scope guard's commands; none of them needs a database or a running service."""
