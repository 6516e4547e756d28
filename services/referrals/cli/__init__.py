"""Commands of referrals, mounted below `handrail`; loaded only when one is called."""
