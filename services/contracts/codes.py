"""Every code table, by name. Codes are for ever; labels may be reworded."""

from services.contracts import (
    codes_attachments,
    codes_audit,
    codes_disputes,
    codes_errands,
    codes_gateway,
    codes_grid,
    codes_inspection,
    codes_key_persons,
    codes_outreach,
    codes_people,
    codes_privacy,
    codes_space,
    codes_tasks,
    codes_training,
)
from services.contracts.labels import Label
from services.contracts.roles import ROLES

CODES: dict[str, dict[str, Label]] = {
    "role": ROLES,
    **codes_grid.CODES,
    **codes_outreach.CODES,
    **codes_space.CODES,
    **codes_people.CODES,
    **codes_errands.CODES,
    **codes_tasks.CODES,
    **codes_key_persons.CODES,
    **codes_disputes.CODES,
    **codes_inspection.CODES,
    **codes_training.CODES,
    **codes_privacy.CODES,
    **codes_audit.CODES,
    **codes_attachments.CODES,
    **codes_gateway.CODES,
}
