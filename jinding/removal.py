import shutil
from pathlib import Path

from jinding import embedded
from jinding.embedded.place import places_elsewhere
from jinding.lock import FolderLock

OURS = ("postgres", "attachments", "keys", "logs", "place", "passwords.json", "lock")
DEMO = "demo"


def remove_data(folder: Path) -> None:
    """Remove what this system put into its data folder, and the folder once it is empty.

    A system that runs there is left alone, with a refusal.
    """
    for demo in folder.glob(f"{DEMO}*/"):
        remove_data(demo)
    if any((folder / name).exists() for name in OURS):
        _remove(folder)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _remove(folder: Path) -> None:
    with FolderLock(folder):
        embedded.stop(folder)
        for place in places_elsewhere(folder):
            shutil.rmtree(place)
        for path in (folder / name for name in OURS):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
