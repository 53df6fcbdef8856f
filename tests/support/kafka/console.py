"""What `kafka-console-consumer.sh` prints of a record: Kafka's own tool, with nothing of ours in between."""

import subprocess

from tests.support.kafka.jars import jars, java

FORMAT = ("print.headers", "print.key", "print.partition", "print.offset")


def console(bootstrap: str, topic: str, partition: int, offset: int) -> str:
    """One line: partition, offset, headers, key and value, separated by tabs."""
    options = {
        "--bootstrap-server": bootstrap,
        "--topic": topic,
        "--partition": str(partition),
        "--offset": str(offset),
        "--max-messages": "1",
        "--timeout-ms": "30000",
    }
    told = subprocess.run(
        [
            *(java(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            *("-Dlog4j2.level=ERROR", "-Dstdout.encoding=UTF-8", "-cp", f"{jars()}/*"),
            "org.apache.kafka.tools.consumer.ConsoleConsumer",
            *(part for pair in options.items() for part in pair),
            *(part for name in FORMAT for part in ("--property", f"{name}=true")),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert told.returncode == 0, told.stderr
    return next(line for line in told.stdout.splitlines() if line.startswith("Partition:"))
