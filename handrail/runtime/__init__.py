"""What runs beneath the services on one machine: PostgreSQL, Valkey, and the supervision of processes."""
