"""Ports on the loopback address: whether one is free, and the next free one for a supervisor to keep."""

import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could bind this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


class PortClaims:
    """Ports that one supervisor has chosen, so that another which starts at the same instant chooses others.

    Between looking and listening lie seconds. A claim is a name in the kernel's abstract socket namespace: it belongs to
    the same network namespace as the ports do, and goes with its holder.
    """

    def __init__(self, *, name: str = "handrail-port") -> None:
        self._name = name
        self._held: list[socket.socket] = []

    def first_free(self, wanted: int, *, taken: frozenset[int] = frozenset(), tries: int = 200) -> int:
        """The wanted port, or the next one above it that is free, unclaimed and not in `taken`. Raises OSError when none is."""
        for port in range(wanted, wanted + tries):
            if port not in taken and self._claim(port):
                return port
        raise OSError(f"no free port between {wanted} and {wanted + tries - 1}")

    def close(self) -> None:
        """Give all claims back."""
        for claim in self._held:
            claim.close()
        self._held.clear()

    def _claim(self, port: int) -> bool:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            claim.bind(f"\0{self._name}-{port}")
        except OSError:
            claim.close()
            return False
        if not is_free(port):
            claim.close()
            return False
        self._held.append(claim)
        return True


def any_free() -> int:
    """A port that the system says is free now; for tests and throw-away servers."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.bind((LOOPBACK, 0))
        port: int = attempt.getsockname()[1]
    return port
