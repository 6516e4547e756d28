"""PostgreSQL and the other services, behind the ports of the use cases."""
