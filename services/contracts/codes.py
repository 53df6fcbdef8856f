"""Every code table, by name. Codes are for ever; labels may be reworded."""

from services.contracts import codes_grid
from services.contracts.labels import Label
from services.contracts.roles import ROLES

CODES: dict[str, dict[str, Label]] = {"role": ROLES, **codes_grid.CODES}
