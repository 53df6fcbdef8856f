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


class Level(StrEnum):
    """Who deals with a report (层级), from below."""

    GRID = "GRID"
    VILLAGE = "VILLAGE"
    TOWNSHIP = "TOWNSHIP"
    DISTRICT = "DISTRICT"


class CloseKind(StrEnum):
    SELF = "SELF"
    CENTRE = "CENTRE"
    DEPARTMENT = "DEPARTMENT"


class SelfCheck(StrEnum):
    """The check of a sample of what members handled and closed themselves."""

    DUE = "DUE"
    PASSED = "PASSED"
    FAILED = "FAILED"


class Part(StrEnum):
    LEAD = "LEAD"
    ASSIST = "ASSIST"


class DeliveryState(StrEnum):
    SENT = "SENT"
    RECEIVED = "RECEIVED"
    SIGNED = "SIGNED"
    REFUSED = "REFUSED"


class RequestKind(StrEnum):
    TRANSFER = "TRANSFER"
    EXTENSION = "EXTENSION"
    SUSPENSION = "SUSPENSION"


class RequestState(StrEnum):
    PENDING = "PENDING"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    LAPSED = "LAPSED"


class EvaluatedBy(StrEnum):
    REPORTER = "REPORTER"
    CENTRE = "CENTRE"


class Lamp(StrEnum):
    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"


class Awaiting(StrEnum):
    """What somebody has yet to do about a report: filters of the list."""

    SELF_CHECK = "SELF_CHECK"
    CALL_BACK = "CALL_BACK"
    DECISION = "DECISION"
    SUPERVISED = "SUPERVISED"


class ClockEntry(StrEnum):
    """What may happen to a clock; its deadline follows from these alone."""

    STARTED = "STARTED"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"
    RESTORED = "RESTORED"
    RESET = "RESET"
    EXTENDED = "EXTENDED"
    STOPPED = "STOPPED"


CODES: dict[str, dict[str, Label]] = {
    "report_level": {
        "GRID": Label("网格", "Grid"),
        "VILLAGE": Label("村社", "Village or community"),
        "TOWNSHIP": Label("乡镇（街道）", "Township"),
        "DISTRICT": Label("区级", "District"),
    },
    "report_close_kind": {
        "SELF": Label("自办自结", "Handled and closed within the grid"),
        "CENTRE": Label("中心办结", "Closed by the centre"),
        "DEPARTMENT": Label("部门办结", "Dealt with by an organisation"),
    },
    "report_self_check": {
        "DUE": Label("待抽查", "To be checked"),
        "PASSED": Label("抽查通过", "Check passed"),
        "FAILED": Label("抽查不通过", "Check failed"),
    },
    "report_part": {"LEAD": Label("主办", "Lead"), "ASSIST": Label("协办", "Assisting")},
    "delivery_state": {
        "SENT": Label("已交办", "Sent"),
        "RECEIVED": Label("已接收", "Received"),
        "SIGNED": Label("已签收", "Signed for"),
        "REFUSED": Label("已退回", "Refused"),
    },
    "report_request": {
        "TRANSFER": Label("申请退办", "Transfer"),
        "EXTENSION": Label("申请延期", "Extension"),
        "SUSPENSION": Label("申请缓办", "Suspension"),
    },
    "request_state": {
        "PENDING": Label("待决定", "To be decided"),
        "GRANTED": Label("同意", "Granted"),
        "REFUSED": Label("不同意", "Refused"),
        "LAPSED": Label("已失效", "Lapsed"),
    },
    "report_evaluated_by": {
        "REPORTER": Label("上报人评价", "The reporter"),
        "CENTRE": Label("电话回访", "By call-back"),
    },
    "report_lamp": {
        "GREEN": Label("正常", "In time"),
        "YELLOW": Label("预警", "Soon due"),
        "RED": Label("逾期", "Overdue"),
    },
    "report_awaiting": {
        "SELF_CHECK": Label("自办自结待抽查", "A check of what the grid closed itself"),
        "CALL_BACK": Label("不满意待回访", "A call-back to whoever is unsatisfied"),
        "DECISION": Label("申请待决定", "A decision on a request"),
        "SUPERVISED": Label("督办中", "An answer to supervision"),
    },
    "report_clock_entry": {
        "STARTED": Label("起算", "Started"),
        "PAUSED": Label("暂停", "Paused"),
        "RESUMED": Label("恢复", "Resumed"),
        "RESTORED": Label("补回", "Given back"),
        "RESET": Label("重新确定", "Set anew"),
        "EXTENDED": Label("延长", "Extended"),
        "STOPPED": Label("停止", "Stopped"),
    },
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
        "ESCALATED": Label("已上报上级", "Escalated"),
        "ASSIGNED": Label("已交办待签收", "Assigned"),
        "TRANSFER_REQUESTED": Label("申请退办中", "Transfer requested"),
        "PROCESSING": Label("处置中", "Processing"),
        "SUSPENDED": Label("缓办", "Suspended"),
        "RESOLVED": Label("已处置待核查", "Resolved"),
        "VERIFIED": Label("核查通过", "Verified"),
        "CLOSED": Label("办结", "Closed"),
        "EVALUATED": Label("已评价", "Evaluated"),
        "ARCHIVED": Label("归档", "Archived"),
        "CANCELLED": Label("注销", "Cancelled"),
    },
    "report_cancel_reason": {
        "DUPLICATE": Label("重复", "Duplicate"),
        "INVALID": Label("无效", "Invalid"),
        "WITHDRAWN": Label("撤回", "Withdrawn"),
        "OUT_OF_SCOPE": Label("不属职责范围", "Out of scope"),
    },
}
