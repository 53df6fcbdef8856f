import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests.support.kafka.jars import NoKafka, jars, java
from tests.support.ports import free_ports

START_SECONDS = 60.0
STOP_SECONDS = 30.0

OPEN = """\
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{advertised}
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
"""

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable={auto_create}
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# A killed broker comes back only when its old session has expired, 9 s by default.
broker.heartbeat.interval.ms=300
broker.session.timeout.ms=1500
"""


class Broker:
    """A single-node KRaft broker in a folder of its own; every start has the same port and data. Clients are told
    to come to port `advertised`, where something may stand between. `listeners` says who may come, and how."""

    def __init__(
        self,
        folder: Path,
        *,
        auto_create: bool = False,
        advertised: int | None = None,
        listeners: str = OPEN,
        java_options: Sequence[str] = (),
    ) -> None:
        self._folder = folder
        self._port, controller = free_ports(2)
        self._advertised = advertised or self._port
        self._process: subprocess.Popen[bytes] | None = None
        self._java = [java(), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        self._java += ["-Dlog4j2.level=ERROR", *java_options, "-cp", f"{jars()}/*"]
        folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(
            (listeners + PROPERTIES).format(
                port=self._port,
                advertised=self._advertised,
                controller=controller,
                data=folder / "data",
                auto_create=str(auto_create).lower(),
            )
        )
        self._format()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self._advertised}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    def start(self) -> None:
        with (self._folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._java, "kafka.Kafka", self._config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the broker
            )
        self._until_it_answers(time.monotonic() + START_SECONDS)

    def stop(self) -> None:
        """Orderly, and by force when that takes too long."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """`kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def hung(self) -> Iterator[None]:
        """The broker keeps its connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    @property
    def _config(self) -> Path:
        return self._folder / "server.properties"

    def _format(self) -> None:
        identity = ["--ignore-formatted", "--cluster-id", uuid4().hex[:22]]
        told = subprocess.run(
            [*self._java, "kafka.tools.StorageTool", "format", *identity, "-c", self._config],
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode != 0:
            raise NoKafka(f"Kafka could not format its storage: {told.stderr.strip()[:200]}")

    def _until_it_answers(self, deadline: float) -> None:
        assert self._process is not None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise NoKafka(f"the broker ended at once; see {self._folder / 'broker.log'}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        self.kill()
        raise NoKafka(f"the broker does not answer after {START_SECONDS:.0f} s")
