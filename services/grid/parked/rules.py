"""What of a device's batch is kept at the service, and who decides on it. Pure."""

from datetime import timedelta

from services.chassis.errors import Conflict, Forbidden
from services.chassis.identity.caller import Caller
from services.grid.policy import OFFICES, VILLAGE

MOST_WAITING, MOST_HELD = 1_000, 200
"""Of one person; of what waits at the device the oldest is forgotten, what finds no room to be held is rejected."""
KEPT = timedelta(days=90)
"""After it was decided."""
HELD = {"report", "patrol", "demolition", "material_entry"}
"""Whose items may be held as they are: nobody's answers, and nothing of what is told in the fields of `PEOPLE`."""
PEOPLE = {"parties"}
"""Where a body tells who somebody is. It stays at its device, where it is told; here it would lie unsealed."""
PRIVATE = {"key_person", "survey_return"}
"""Whose items are nobody's but their sender's: they tell who is one, or who answered."""
AHEAD = "in_the_future"
REVIEWERS = OFFICES | VILLAGE


class AlreadyDecided(Conflict):
    zh = "该项已处理。"
    en = "It has been decided already."


class NothingHeld(Conflict):
    zh = "该项仍在终端，未留存于此，只能由终端重新提交。"
    en = "It waits at the device and is not held here: only the device can send it again."


class YourOwn(Forbidden):
    """Who sent it does not vouch for its time."""

    zh = "不能审核本人提交的事项。"
    en = "Nobody reviews what they sent themselves."


def may_be_held(noun: str, body: object) -> bool:
    return noun in HELD and not any(getattr(body, name, None) for name in PEOPLE)


def home(caller: Caller) -> str:
    """The smallest area that holds all of the caller's: where those are who answer for them."""
    first = next(iter(caller.areas), "")
    holding = (first[:length] for length in (15, 12, 9, 6) if length <= len(first))
    return next((area for area in holding if all(a.startswith(area) for a in caller.areas)), "")
