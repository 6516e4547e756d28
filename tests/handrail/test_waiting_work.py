"""What waits in a service, from what the service shows."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from handrail.runtime.waiting_work import Waiting, waiting_everywhere

SHOWN = """# TYPE handrail_outbox_oldest_seconds gauge
handrail_outbox_oldest_seconds {outbox}
# TYPE handrail_inbox_oldest_seconds gauge
handrail_inbox_oldest_seconds 0.0
# TYPE handrail_inbox_quarantined gauge
handrail_inbox_quarantined {quarantined}
# TYPE handrail_deliveries_oldest_seconds gauge
handrail_deliveries_oldest_seconds 7200.0
# TYPE handrail_items_oldest_seconds gauge
handrail_items_oldest_seconds {items}
# TYPE handrail_deliveries gauge
handrail_deliveries{{channel="email",state="retry"}} 1.0
"""


class Service(BaseHTTPRequestHandler):
    """Shows the metrics it is told to."""

    shown = ""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/metrics" else 404)
        self.end_headers()
        self.wfile.write(self.shown.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def one_of(port: int, *, outbox: float, quarantined: int, items: float = 0.0) -> Waiting:
    Service.shown = SHOWN.format(outbox=outbox, quarantined=quarantined, items=items)
    (found,) = waiting_everywhere({"notifications-api": port, "notifications-worker": port, "gone-api": 1})
    return found


def test_young_work_is_fine_and_a_message_may_wait_for_the_morning(port: int) -> None:
    found = one_of(port, outbox=2.4, quarantined=0)
    assert not found.is_late
    assert found.words == (
        "notifications: oldest fact that a neighbour has not taken 2 s, oldest fact that was taken and not applied none,"
        " oldest inbox item that is due and not shown none, oldest message that is due and not told 120 min"
    )


def test_an_item_that_nobody_is_shown_is_late(port: int) -> None:
    found = one_of(port, outbox=0, quarantined=0, items=11)
    assert found.is_late
    assert "oldest inbox item that is due and not shown 11 s" in found.words


def test_facts_that_wait_longer_than_two_sweeps_are_late_and_say_where_to_look(port: int) -> None:
    found = one_of(port, outbox=11, quarantined=0)
    assert found.is_late
    assert "handrail logs notifications-worker" in found.advice


def test_what_was_set_aside_is_counted_and_how_to_try_it_again_is_said(port: int) -> None:
    found = one_of(port, outbox=0, quarantined=3)
    assert "3 set aside" in found.words
    assert "handrail notifications replay ID" in found.advice


def test_a_service_that_shows_nothing_is_left_out(port: int) -> None:
    Service.shown = ""
    assert waiting_everywhere({"console-api": port}) == []
