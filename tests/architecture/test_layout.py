from pathlib import Path

from tests.architecture.sources import lines, tracked

BANNED = {"utils", "helpers", "common", "base", "manager", "processor"}
WRITTEN = {".py", ".js", ".html", ".sql"}
VENDORED = Path("services/gateway/page/vendor")
CHASSIS = Path("services/chassis")
# Lines of code; docs/adr/0001 argues for the mechanics, 0013 and 0018 for what leans on them.
MECHANICS = 5_580
ADDITIONS = {
    "privacy": 950,
    "audit": 450,
    "attachments": 700,
    "exports": 500,
    "erasure": 520,
    "emergency": 20,
}


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
    grown = dict.fromkeys(("mechanics", *ADDITIONS), 0)
    for path in tracked():
        if CHASSIS in path.parents and path.suffix == ".py":
            folder = path.relative_to(CHASSIS).parts[0]
            told = [line.strip() for line in lines(path)]
            grown[folder if folder in ADDITIONS else "mechanics"] += sum(
                bool(line) and not line.startswith("#") for line in told
            )
    ceilings = {"mechanics": MECHANICS, **ADDITIONS}
    assert {part: n for part, n in grown.items() if n > ceilings[part]} == {}
