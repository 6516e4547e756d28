"""What other people's servers receive: a provider of texts and a receiver of webhooks, on one address of this machine."""

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl

MESSAGES, HOOK, GONE = "/messages", "/hook", "/gone"
SENDER = "+12125550100"
_THE_RECIPIENT_ITSELF = "To"


@dataclass(frozen=True)
class Received:
    """One request, as it came over the wire."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def words(self) -> str:
        """Everything in it; of a text all but the number it goes to."""
        said = self.body
        if self.path == MESSAGES:
            fields = parse_qsl(self.body, keep_blank_values=True)
            said = "\n".join(f"{name}: {value}" for name, value in fields if name != _THE_RECIPIENT_ITSELF)
        return "\n".join([self.path, *(f"{name}: {value}" for name, value in self.headers), said])


@dataclass
class Outside:
    """Takes whatever it is sent, and keeps it."""

    received: list[Received] = field(default_factory=list)

    def __enter__(self) -> "Outside":
        keep = self.received

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode("utf-8", "replace")
                keep.append(Received(self.path, tuple(self.headers.items()), body))
                answer = b'{"sid": "made-up"}' if self.path == MESSAGES else b""
                self.send_response(410 if self.path == GONE else 201 if answer else 204)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """What came is kept; nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        """The address of one of its two doors."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def at(self, path: str) -> list[Received]:
        """What came to one of them."""
        return [one for one in self.received if one.path == path]
