"""Every command of referrals in any order, several at once, through the real API on a real database."""
