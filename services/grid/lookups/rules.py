"""Codes by which a reporter asks how a report is going (查询码), without a name or a token; and what is told. Pure."""

import re
from datetime import timedelta

from services.chassis.errors import Forbidden
from services.contracts.labels import Label

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U, so that it can be read aloud and copied by hand."""
LENGTH = 12
LASTS = timedelta(days=180)
"""How long after its end a report is told of. Our design."""
_READ = str.maketrans("OIL", "011")
_GAPS = re.compile(r"[\s-]+")

NEXT: dict[str, Label] = {
    "REPORTED": Label("等待受理", "It waits to be accepted"),
    "RETURNED": Label("请上报人补充内容", "Its reporter is asked to complete it"),
    "ACCEPTED": Label("等待交办", "It waits to be assigned"),
    "ESCALATED": Label("等待上级接办", "It waits for the level above"),
    "ASSIGNED": Label("等待承办单位签收", "It waits for the organisation that handles it"),
    "TRANSFER_REQUESTED": Label("正在确定承办单位", "It is being decided who handles it"),
    "PROCESSING": Label("正在处置", "It is being dealt with"),
    "SUSPENDED": Label("缓办中，条件具备后继续", "It is suspended, and goes on when it can"),
    "RESOLVED": Label("等待核查", "It waits to be verified"),
    "VERIFIED": Label("等待办结", "It waits to be closed"),
    "CLOSED": Label("已办结，可以评价", "It is closed; its reporter may evaluate it"),
    "EVALUATED": Label("已评价，无后续步骤", "It is evaluated; nothing follows"),
    "ARCHIVED": Label("已归档，无后续步骤", "It is archived; nothing follows"),
    "CANCELLED": Label("已注销，有疑问请联系乡镇（街道）", "It is off the list; ask the township"),
}
"""What follows, by status."""


class CodeNotYours(Forbidden):
    zh = "只有上报人本人或所在区域的指挥室可以取得查询码。"
    en = "Only the reporter, or an office of its area, may have a code for it."


def written(code: str) -> str:
    """As people write it down: ABCD-EFGH-JKMN."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def read(told: str) -> str:
    """The code that was meant, whatever the case, the gaps, and letters that are taken for digits."""
    return _GAPS.sub("", told.upper()).translate(_READ)
