"""Keyed digests (HMAC-SHA-256), so that a stolen table of counts gives away no e-mail."""

import hashlib
import hmac


class KeyedDigests:
    """See use_cases.ports.Digests. `secret` is the service's own and shared by all its processes."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"handrail-identity-digest:" + secret.encode()).digest()

    def digest(self, kind: str, text: str) -> bytes:
        """32 bytes; a kind keeps the digests of one purpose apart from those of another."""
        return hmac.new(self._key, f"{kind}:{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
