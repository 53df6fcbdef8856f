"""The codes of what people may ask about their personal data, and of what becomes of it."""

from enum import StrEnum

from services.contracts.labels import Label


class RightKind(StrEnum):
    """What a person asks for (PIPL art. 45–47)."""

    ACCESS = "ACCESS"
    CORRECTION = "CORRECTION"
    ERASURE = "ERASURE"


class RightRefusal(StrEnum):
    """Why a request is refused; the person is told (PIPL art. 50)."""

    IDENTITY_NOT_PROVEN = "IDENTITY_NOT_PROVEN"
    NOTHING_HELD = "NOTHING_HELD"
    LEGAL_DUTY = "LEGAL_DUTY"
    CONFIDENTIAL_BY_LAW = "CONFIDENTIAL_BY_LAW"
    WITHDRAWN = "WITHDRAWN"


class PersonalField(StrEnum):
    """What is kept of a person, sealed: the names of those fields in every body and answer."""

    NAME = "name"
    PHONE = "phone"
    RESIDENT_ID = "resident_id"
    ADDRESS = "address"


class HeldBy(StrEnum):
    """What wins over an erasure."""

    LEGAL_HOLD = "LEGAL_HOLD"
    ARCHIVE_RULE = "ARCHIVE_RULE"


class Keeper(StrEnum):
    """A service that holds personal data, and so answers for their erasure."""

    GRID = "grid"
    DISPUTES = "disputes"
    INSPECTION = "inspection"
    TRAINING = "training"


CODES: dict[str, dict[str, Label]] = {
    "right_kind": {
        "ACCESS": Label("查阅、复制", "Access"),
        "CORRECTION": Label("更正、补充", "Correction"),
        "ERASURE": Label("删除", "Erasure"),
    },
    "right_status": {
        "RECEIVED": Label("已收到，待核验身份", "Received, identity to be checked"),
        "VERIFIED": Label("身份已核验", "Identity checked"),
        "ERASING": Label("正在各服务中删除", "Being erased in each service"),
        "DONE": Label("已办结", "Done"),
        "REFUSED": Label("不予办理", "Refused"),
    },
    "right_refusal": {
        "IDENTITY_NOT_PROVEN": Label("身份未能核验", "Identity not proven"),
        "NOTHING_HELD": Label("未持有其个人信息", "Nothing is held of the person"),
        "LEGAL_DUTY": Label("履行法定职责所必需", "Needed for a statutory duty"),
        "CONFIDENTIAL_BY_LAW": Label("法律规定应当保密", "Confidential by law"),
        "WITHDRAWN": Label("本人撤回", "Withdrawn by the person"),
    },
    "personal_field": {
        "name": Label("姓名", "Name"),
        "phone": Label("电话", "Telephone"),
        "resident_id": Label("公民身份号码", "Resident ID number"),
        "address": Label("住址", "Address"),
    },
    "held_by": {
        "LEGAL_HOLD": Label("依法保全", "Legal hold"),
        "ARCHIVE_RULE": Label("档案保管期限", "Archive rule"),
    },
    "emergency_finding": {
        "JUSTIFIED": Label("理由充分", "Justified"),
        "UNJUSTIFIED": Label("理由不足", "Unjustified"),
    },
    "keeper": {
        "grid": Label("网格管理", "Grid management"),
        "disputes": Label("矛盾纠纷化解", "Disputes"),
        "inspection": Label("安全检查", "Inspection"),
        "training": Label("安全培训", "Training"),
    },
}
