"""The scans of an errand's papers: identity cards, certificates."""

from typing import Any

from services.chassis.attachments.declared import Files
from services.grid.errands.rules import NotInCharge, leads


class PaperFiles(Files):
    """A scan tells what the mask hides: it is for who is in charge, or leads there, or took the errand up, or declared
    it; and for a department whose window has yet to answer."""

    async def purpose(self, database: Any, file: Any, row: Any, caller: Any) -> None:
        mine = caller.subject in (row.handler, row.submitted_by, file.declared_by)
        windows = [w.department for w in row.windows if w.result is None]
        if not mine and not leads(caller, row.area_code) and caller.organisation not in windows:
            raise NotInCharge
