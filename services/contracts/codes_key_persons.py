"""The codes of key persons (重点人员). They stand in no event and in no figure of a person."""

from enum import StrEnum

from services.contracts.labels import Label


class KeyPersonClass(StrEnum):
    """As the province defines them (浙江省社会治安综合治理条例, art. 32)."""

    COMMUNITY_CORRECTION = "COMMUNITY_CORRECTION"
    COMMUNITY_REHAB = "COMMUNITY_REHAB"
    CULT_INVOLVED = "CULT_INVOLVED"
    MENTAL_DISORDER = "MENTAL_DISORDER"
    OTHER = "OTHER"


class Attention(StrEnum):
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class RemovalReason(StrEnum):
    ENDED = "ENDED"
    MOVED_AWAY = "MOVED_AWAY"
    DIED = "DIED"
    ENTERED_BY_MISTAKE = "ENTERED_BY_MISTAKE"


CODES: dict[str, dict[str, Label]] = {
    "key_person_class": {
        "COMMUNITY_CORRECTION": Label("社区矫正", "Community correction"),
        "COMMUNITY_REHAB": Label("社区戒毒康复", "Community rehabilitation"),
        "CULT_INVOLVED": Label("涉邪教", "Cult-involved"),
        "MENTAL_DISORDER": Label("严重精神障碍", "Severe mental disorder"),
        "OTHER": Label("其他", "Other"),
    },
    "key_person_attention": {
        "HIGH": Label("高", "High"),
        "MEDIUM": Label("中", "Medium"),
        "LOW": Label("低", "Low"),
    },
    "key_person_removal": {
        "ENDED": Label("期满或解除", "Ended"),
        "MOVED_AWAY": Label("迁出", "Moved away"),
        "DIED": Label("死亡", "Died"),
        "ENTERED_BY_MISTAKE": Label("误录", "Entered by mistake"),
    },
    "key_person_status": {
        "ENROLLED": Label("在册", "Enrolled"),
        "REMOVED": Label("已移出", "Removed"),
    },
}
