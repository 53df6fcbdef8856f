import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
JAVA_MAJOR = 17


class NoKafka(Exception):
    """Why no broker can be started here, in one line."""


def java() -> str:
    """The JVM, if it is new enough for Kafka 4."""
    found = shutil.which("java")
    if found is None:
        raise NoKafka(f"Java {JAVA_MAJOR} or newer is not installed")
    told = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', told.stderr)
    if version is None or int(version[1]) < JAVA_MAJOR:
        raise NoKafka(f"Java {JAVA_MAJOR} or newer is needed")
    return found


def jars() -> Path:
    """The folder of the broker's jars, fetched once for every version of the POM."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jinding"
    folder = cache / f"kafka-{sha256(POM.read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise NoKafka("Maven is not installed and Kafka's jars are not in the cache")
    part = folder.with_name(f"{folder.name}.{os.getpid()}")
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={part}"]
    told = subprocess.run(
        [maven, "-q", "-B", "-f", POM, *goal], capture_output=True, text=True, check=False
    )
    if told.returncode != 0:
        shutil.rmtree(part, ignore_errors=True)
        reason = (told.stdout.strip() or told.stderr.strip() or "no reason given").splitlines()[0]
        raise NoKafka(f"Maven could not fetch Kafka's jars: {reason}")
    if folder.is_dir():  # another run was faster
        shutil.rmtree(part)
    else:
        part.rename(folder)
