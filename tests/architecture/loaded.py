"""Not an application: tells what a service has loaded once it is made, and ends."""

import importlib
import os
import sys


def create() -> None:
    importlib.import_module(f"services.{os.environ['SERVICE']}.main")
    print(*[name for name, module in sys.modules.items() if module])
    sys.exit()
