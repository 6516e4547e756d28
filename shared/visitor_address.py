"""The address of a visitor, vouched for by the service that saw it.

Identity counts attempts to sign in by address. People come through the console, so the connection that identity sees is the
console's. An address that anybody could write into a header would let a guesser choose a fresh one each time; so the console
seals it with a key that only the two hold. Where a seal does not fit, the address of the connection counts.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import ip_address

VISITOR_ADDRESS = "Handrail-Visitor-Address"
"""Name of the header: `<seconds since 1970> <address> <HMAC-SHA-256 of both, hexadecimal>`."""

GOOD_FOR = timedelta(seconds=60)
"""Time for the request to arrive, and for two clocks to differ."""

_PURPOSE = b"handrail visitor address\x00"


class VisitorSeal:
    """Seals and opens. `key` is the same at both ends, 32 characters or more."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(_PURPOSE + key.encode()).digest()

    def seal(self, address: str, *, at: datetime) -> str:
        """The header's value. `address` is an IPv4 or IPv6 address; ValueError for anything else."""
        said = f"{int(at.timestamp())} {ip_address(address)}"
        return f"{said} {self._proof(said)}"

    def open(self, sealed: str, *, at: datetime) -> str | None:
        """The address; nothing where the seal is not ours, or too old to be of this request."""
        said, _, proof = sealed.rpartition(" ")
        if not hmac.compare_digest(proof.encode("utf-8", "replace"), self._proof(said).encode()):
            return None
        seconds, _, address = said.partition(" ")
        return address if abs(at.timestamp() - int(seconds)) <= GOOD_FOR.total_seconds() else None

    def _proof(self, said: str) -> str:
        return hmac.new(self._key, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
