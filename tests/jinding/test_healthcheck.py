from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from jinding import healthcheck
from tests.support.ports import free_ports


@contextmanager
def answering(status: int) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (500, False)])
def test_a_service_is_ready_when_it_says_so(status: int, ready: bool) -> None:
    with answering(status) as port:
        assert healthcheck.ready(port) is ready


def test_a_service_that_does_not_answer_is_not_ready() -> None:
    assert not healthcheck.ready(free_ports(1)[0])
