"""The codes of the inspection service and what people read for them."""

from enum import StrEnum

from services.contracts.labels import Label


class EnterpriseStatus(StrEnum):
    OPERATING = "OPERATING"
    SUSPENDED = "SUSPENDED"
    MOVED_OUT = "MOVED_OUT"
    CLOSED = "CLOSED"


class Colour(StrEnum):
    """Risk level of an enterprise (重大、较大、一般、低)."""

    RED = "RED"
    ORANGE = "ORANGE"
    YELLOW = "YELLOW"
    BLUE = "BLUE"


class RatingMethod(StrEnum):
    """How a colour came about. `EXIT`: withdrawn because the enterprise left."""

    LEC = "LEC"
    OVERRIDE = "OVERRIDE"
    EXIT = "EXIT"


class Level(StrEnum):
    GENERAL = "GENERAL"
    MAJOR = "MAJOR"


class Domain(StrEnum):
    FIRE = "FIRE"
    ELECTRICAL = "ELECTRICAL"
    DUST = "DUST"
    MACHINERY = "MACHINERY"
    CHEMICAL = "CHEMICAL"
    MANAGEMENT = "MANAGEMENT"
    OTHER = "OTHER"


class HazardSource(StrEnum):
    STATION = "STATION"
    GRID = "GRID"
    DEPARTMENT = "DEPARTMENT"
    SELF = "SELF"


CODES: dict[str, dict[str, Label]] = {
    "enterprise_status": {
        "OPERATING": Label("在营", "Operating"),
        "SUSPENDED": Label("停产停业", "Suspended"),
        "MOVED_OUT": Label("迁出", "Moved out"),
        "CLOSED": Label("注销", "Closed"),
    },
    "special_flag": {
        "DUST": Label("粉尘涉爆", "Explosive dust"),
        "CONFINED_SPACE": Label("有限空间", "Confined space"),
        "LIQUID_AMMONIA": Label("液氨", "Liquid ammonia"),
        "HAZARDOUS_CHEMICALS": Label("危化品使用", "Use of hazardous chemicals"),
        "SPRAYING": Label("喷涂", "Spraying"),
        "LITHIUM_BATTERY": Label("锂电", "Lithium batteries"),
        "THREE_IN_ONE": Label("三合一", "Living, storing and producing in one place"),
    },
    "colour": {
        "RED": Label("红色（重大风险）", "Red (major risk)"),
        "ORANGE": Label("橙色（较大风险）", "Orange (larger risk)"),
        "YELLOW": Label("黄色（一般风险）", "Yellow (general risk)"),
        "BLUE": Label("蓝色（低风险）", "Blue (low risk)"),
    },
    "rating_method": {
        "LEC": Label("作业条件危险性评价（LEC）", "LEC method"),
        "OVERRIDE": Label("人工调整", "Override"),
        "EXIT": Label("因迁出或注销撤销", "Withdrawn on leaving"),
    },
    "hazard_status": {
        "FOUND": Label("发现登记", "Found"),
        "NOTIFIED": Label("已通知", "Notified"),
        "RECTIFYING": Label("整改中", "Being rectified"),
        "SUBMITTED": Label("已报整改", "Rectification submitted"),
        "PASSED": Label("复查通过", "Review passed"),
        "CLOSED": Label("销号", "Closed"),
        "VOID": Label("撤销", "Void"),
    },
    "hazard_level": {
        "GENERAL": Label("一般隐患", "General"),
        "MAJOR": Label("重大事故隐患", "Major"),
    },
    "hazard_domain": {
        "FIRE": Label("消防", "Fire"),
        "ELECTRICAL": Label("电气", "Electrical"),
        "DUST": Label("粉尘", "Dust"),
        "MACHINERY": Label("机械设备", "Machinery"),
        "CHEMICAL": Label("危险化学品", "Chemicals"),
        "MANAGEMENT": Label("安全管理", "Safety management"),
        "OTHER": Label("其他", "Other"),
    },
    "hazard_source": {
        "STATION": Label("体检站", "Check-up station"),
        "GRID": Label("网格上报", "Grid report"),
        "DEPARTMENT": Label("部门检查", "Department"),
        "SELF": Label("企业自查", "The enterprise itself"),
    },
    "checkup_report_status": {
        "ISSUED": Label("已出具", "Issued"),
        "SUPERSEDED": Label("已被替代", "Superseded"),
    },
}
