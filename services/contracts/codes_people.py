"""The codes of grid members, households and their visits, and what people read for them."""

from enum import StrEnum

from services.contracts.labels import Label


class MemberKind(StrEnum):
    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    RED = "RED"
    LEADER = "LEADER"
    INSTRUCTOR = "INSTRUCTOR"


class LoadWarning(StrEnum):
    """What is unusual about how many households somebody is linked with; it is never refused."""

    BELOW = "BELOW"
    ABOVE = "ABOVE"


class VisitMode(StrEnum):
    IN_PERSON = "IN_PERSON"
    PHONE = "PHONE"
    NOT_MET = "NOT_MET"


class OccasionKind(StrEnum):
    """四必到四必访: which half an occasion belongs to. The occasions themselves are rows of a table."""

    MUST_ARRIVE = "MUST_ARRIVE"
    MUST_VISIT = "MUST_VISIT"


CODES: dict[str, dict[str, Label]] = {
    "member_kind": {
        "FULL_TIME": Label("专职网格员", "Full-time grid member"),
        "PART_TIME": Label("兼职网格员", "Part-time grid member"),
        "RED": Label("红色网格员", "Red grid member"),
        "LEADER": Label("网格长", "Grid leader"),
        "INSTRUCTOR": Label("网格指导员", "Grid instructor"),
    },
    "member_status": {
        "ACTIVE": Label("在岗", "In service"),
        "LEFT": Label("已离岗", "Left"),
    },
    "load_warning": {
        "BELOW": Label("联系户偏少", "Few linked households"),
        "ABOVE": Label("联系户偏多", "Many linked households"),
    },
    "visit_mode": {
        "IN_PERSON": Label("入户", "In person"),
        "PHONE": Label("电话", "By telephone"),
        "NOT_MET": Label("未遇", "Nobody met"),
    },
    "visit_status": {
        "RECORDED": Label("已登记", "Recorded"),
        "VOIDED": Label("已作废", "Voided"),
    },
    "occasion_kind": {
        "MUST_ARRIVE": Label("必到", "Must arrive"),
        "MUST_VISIT": Label("必访", "Must visit"),
    },
    "visit_task_status": {
        "OPEN": Label("待走访", "To be visited"),
        "DONE": Label("已走访", "Visited"),
    },
}
