"""PostgreSQL, SMTP, referrals, Valkey and the ladder files, behind the ports of the use cases."""
