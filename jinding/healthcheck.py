"""Whether the service of this container is ready, as an exit code: a slim image has no curl."""

import http.client
import sys

PORT = 8000
SECONDS = 2.5


def ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not ready(int(sys.argv[1]) if sys.argv[1:] else PORT))
