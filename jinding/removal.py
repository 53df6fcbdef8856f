import shutil
from pathlib import Path

from jinding import embedded
from jinding.embedded.place import places_elsewhere
from jinding.lock import FolderLock

OURS = ("postgres", "keys", "logs", "place", "passwords.json", "lock")
DEMO = "demo"


def remove_data(folder: Path) -> None:
    """Remove what this system put into its data folder, and the folder once it is empty.

    A system that runs there is left alone, with a refusal.
    """
    if (folder / DEMO).is_dir():
        remove_data(folder / DEMO)
    if not any((folder / name).exists() for name in OURS):
        return
    with FolderLock(folder):
        embedded.stop(folder)
        for place in places_elsewhere(folder):
            shutil.rmtree(place)
        for path in (folder / name for name in OURS):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
