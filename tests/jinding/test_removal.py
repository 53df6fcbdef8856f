from pathlib import Path

from jinding.removal import remove_data


def test_clean_removes_every_demo_and_nothing_that_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for demo in ("demo", "demo-0.1"):
        (folder / demo / "logs").mkdir(parents=True)
    (folder / "keys").mkdir()
    (folder / "notes.txt").write_text("mine")
    remove_data(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    (folder / "notes.txt").unlink()
    remove_data(folder)
    assert not folder.exists()


def test_clean_finds_nothing_to_do_where_nothing_is(tmp_path: Path) -> None:
    remove_data(tmp_path / "data")
    assert list(tmp_path.iterdir()) == []
