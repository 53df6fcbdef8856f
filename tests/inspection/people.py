"""Who works with the inspection service."""

from services.contracts import roles
from tests.support.people import caller

USCC = "91330703MA00000157"
OTHER_USCC = "91330703MA00000232"

EXPERT = caller(roles.STATION_EXPERT, "330703105", subject="expert")
SECOND_EXPERT = caller(roles.STATION_EXPERT, "330703105", subject="second-expert")
OFFICER = caller(roles.SAFETY_OFFICER, "330703105", subject="officer")
SECOND_OFFICER = caller(roles.SAFETY_OFFICER, "330703105", subject="second-officer")
CONTACT = caller(roles.ENTERPRISE_CONTACT, "330703105", subject="contact", organisation=USCC)
OTHER_CONTACT = caller(
    roles.ENTERPRISE_CONTACT, "330703105", subject="other-contact", organisation=OTHER_USCC
)
OTHER_EXPERT = caller(roles.STATION_EXPERT, "330703101", subject="other-expert")
AUDITOR = caller(roles.AUDITOR)
