from pathlib import Path

from tests.architecture.sources import lines, tracked

BANNED = {"utils", "helpers", "common", "base", "manager", "processor"}
WRITTEN = {".py", ".js", ".html", ".sql"}
VENDORED = Path("services/gateway/page/vendor")
CHASSIS = Path("services/chassis")


def test_every_module_is_named_after_what_it_holds() -> None:
    assert [path for path in tracked() if BANNED & {*path.parts, path.stem}] == []


def test_no_file_outgrows_a_readers_patience() -> None:
    written = [
        path for path in tracked() if path.suffix in WRITTEN and VENDORED not in path.parents
    ]
    lengths = {path: len(lines(path)) for path in written}
    ceilings = {path: 400 if path.parts[0] == "tests" else 250 for path in written}
    assert {path: n for path, n in lengths.items() if n > ceilings[path]} == {}


def test_the_chassis_stays_small() -> None:
    modules = [path for path in tracked() if CHASSIS in path.parents and path.suffix == ".py"]
    told = [line.strip() for path in modules for line in lines(path)]
    assert (
        sum(bool(line) and not line.startswith("#") for line in told) <= 5_420
    )  # docs/adr/0001, 0002
