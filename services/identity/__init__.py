"""Who is asking: accounts, sign-in, access tokens and their keys, system clients."""
