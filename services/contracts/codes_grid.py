"""The codes of the grid service and what people read for them."""

from enum import StrEnum

from services.contracts.labels import Label


class Category(StrEnum):
    """Category of a report (事件分类)."""

    DISPUTE = "DISPUTE"
    PUBLIC_SECURITY = "PUBLIC_SECURITY"
    WORK_SAFETY = "WORK_SAFETY"
    FIRE_SAFETY = "FIRE_SAFETY"
    TRAFFIC = "TRAFFIC"
    ILLEGAL_BUILDING = "ILLEGAL_BUILDING"
    ENVIRONMENT = "ENVIRONMENT"
    FIREWORKS = "FIREWORKS"
    MARKET = "MARKET"
    LIVELIHOOD = "LIVELIHOOD"
    POPULATION_HOUSING = "POPULATION_HOUSING"
    PUBLIC_OPINION = "PUBLIC_OPINION"
    EMERGENCY = "EMERGENCY"
    OTHER = "OTHER"


class Urgency(StrEnum):
    EMERGENCY = "EMERGENCY"
    URGENT = "URGENT"
    NORMAL = "NORMAL"
    COMPLEX = "COMPLEX"


class Finder(StrEnum):
    """Who found it: the year's figures are told by finder."""

    RED_MEMBER = "RED_MEMBER"
    GRID_MEMBER = "GRID_MEMBER"
    SERVICE_GROUP = "SERVICE_GROUP"
    RESIDENT = "RESIDENT"
    OTHER = "OTHER"


CODES: dict[str, dict[str, Label]] = {
    "report_category": {
        "DISPUTE": Label("矛盾纠纷", "Dispute"),
        "PUBLIC_SECURITY": Label("社会治安", "Public security"),
        "WORK_SAFETY": Label("安全生产隐患", "Work safety"),
        "FIRE_SAFETY": Label("消防安全隐患", "Fire safety"),
        "TRAFFIC": Label("交通安全", "Traffic"),
        "ILLEGAL_BUILDING": Label("违法建设", "Illegal building"),
        "ENVIRONMENT": Label("生态环境与环境卫生", "Environment and sanitation"),
        "FIREWORKS": Label("烟花爆竹", "Fireworks"),
        "MARKET": Label("市场监管", "Market supervision"),
        "LIVELIHOOD": Label("民生服务", "Livelihood"),
        "POPULATION_HOUSING": Label("人口与出租房", "Population and rented housing"),
        "PUBLIC_OPINION": Label("社情民意", "Public opinion"),
        "EMERGENCY": Label("突发事件", "Emergency"),
        "OTHER": Label("其他", "Other"),
    },
    "urgency": {
        "EMERGENCY": Label("特急", "Emergency"),
        "URGENT": Label("紧急", "Urgent"),
        "NORMAL": Label("一般", "Normal"),
        "COMPLEX": Label("疑难", "Complex"),
    },
    "finder": {
        "RED_MEMBER": Label("红色网格员", "Red grid member"),
        "GRID_MEMBER": Label("网格员", "Grid member"),
        "SERVICE_GROUP": Label("服务小组", "Service group"),
        "RESIDENT": Label("群众", "Resident"),
        "OTHER": Label("其他", "Other"),
    },
    "report_status": {
        "REPORTED": Label("待受理", "Reported"),
        "RETURNED": Label("退回补正", "Returned"),
        "ACCEPTED": Label("已受理待分流", "Accepted"),
        "ASSIGNED": Label("已交办待签收", "Assigned"),
        "PROCESSING": Label("处置中", "Processing"),
        "RESOLVED": Label("已处置待核查", "Resolved"),
        "VERIFIED": Label("核查通过", "Verified"),
        "CLOSED": Label("办结", "Closed"),
        "CANCELLED": Label("注销", "Cancelled"),
    },
    "report_cancel_reason": {
        "DUPLICATE": Label("重复", "Duplicate"),
        "INVALID": Label("无效", "Invalid"),
        "WITHDRAWN": Label("撤回", "Withdrawn"),
        "OUT_OF_SCOPE": Label("不属职责范围", "Out of scope"),
    },
}
