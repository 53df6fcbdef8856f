"""One process of the system under faults, ended when whoever started it is gone: `jinding …`, or `sweep SERVICE`."""

import sys
import threading

from jinding.child import end_with_parent
from jinding.cli import app
from jinding.plainly import until_told
from tests.chaos.sweeping import sweep_with_a_wrong_clock

if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    if sys.argv[1] == "sweep":
        until_told(sweep_with_a_wrong_clock(sys.argv[2]))
    else:
        app()
