"""Ports on the loopback address: whether one is free, and the next free one."""

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


def first_free(wanted: int, *, taken: frozenset[int] = frozenset(), tries: int = 200) -> int:
    """The wanted port, or the next one above it that is free and not in `taken`. Raises OSError when none is."""
    for port in range(wanted, wanted + tries):
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port between {wanted} and {wanted + tries - 1}")


def any_free() -> int:
    """A port that the system says is free now; for tests and throw-away servers."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.bind((LOOPBACK, 0))
        port: int = attempt.getsockname()[1]
    return port
