"""The codes of the work in the field and what people read for them."""

from enum import StrEnum

from services.contracts.labels import Label


class Datum(StrEnum):
    """What coordinates refer to; those of maps sold in the country are shifted."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ02"
    CGCS2000 = "CGCS2000"


class PointKind(StrEnum):
    """What a point on a map is: where it was, or, as that is kept secret, the middle of the grid."""

    EXACT = "EXACT"
    GRID_CENTROID = "GRID_CENTROID"


class Suspicion(StrEnum):
    """What speaks against a position."""

    MOCK = "MOCK"
    INACCURATE = "INACCURATE"
    FROM_THE_FUTURE = "FROM_THE_FUTURE"
    STALE = "STALE"
    FAR = "FAR"


class DemolitionMode(StrEnum):
    """By what means an illegal building comes down (拆除方式)."""

    SELF = "SELF"
    ASSISTED = "ASSISTED"
    FORCED = "FORCED"


class Structure(StrEnum):
    BRICK_CONCRETE = "BRICK_CONCRETE"
    BRICK_WOOD = "BRICK_WOOD"
    FRAME = "FRAME"
    STEEL_SHED = "STEEL_SHED"
    SIMPLE_SHED = "SIMPLE_SHED"
    OTHER = "OTHER"


class OwnerType(StrEnum):
    """What kind of owner, never who."""

    INDIVIDUAL = "INDIVIDUAL"
    ENTERPRISE = "ENTERPRISE"
    COLLECTIVE = "COLLECTIVE"
    PUBLIC = "PUBLIC"
    UNKNOWN = "UNKNOWN"


class ItemKind(StrEnum):
    """What is given to people; the year's figures are told by it."""

    LEAFLET = "LEAFLET"
    PROMO = "PROMO"
    QUESTIONNAIRE = "QUESTIONNAIRE"


class EntryKind(StrEnum):
    """A line of the ledger of materials."""

    STOCK_IN = "STOCK_IN"
    ISSUE = "ISSUE"
    DISTRIBUTION = "DISTRIBUTION"


class Recipient(StrEnum):
    HOUSEHOLD = "HOUSEHOLD"
    PUBLIC = "PUBLIC"


class Feeling(StrEnum):
    """How safe somebody feels (安全感)."""

    SAFE = "SAFE"
    BASICALLY_SAFE = "BASICALLY_SAFE"
    NOT_VERY_SAFE = "NOT_VERY_SAFE"
    UNSAFE = "UNSAFE"
    DONT_KNOW = "DONT_KNOW"


class Channel(StrEnum):
    """How a questionnaire came back."""

    PAPER = "PAPER"
    WECHAT = "WECHAT"
    PHONE = "PHONE"
    VISIT = "VISIT"


class AgeBand(StrEnum):
    UNDER_30 = "UNDER_30"
    FROM_30_TO_44 = "FROM_30_TO_44"
    FROM_45_TO_59 = "FROM_45_TO_59"
    FROM_60 = "FROM_60"
    UNTOLD = "UNTOLD"


class Sex(StrEnum):
    FEMALE = "FEMALE"
    MALE = "MALE"
    UNTOLD = "UNTOLD"


class Flaw(StrEnum):
    """Why an answer is not valid."""

    INCOMPLETE = "INCOMPLETE"
    TOO_FAST = "TOO_FAST"


CODES: dict[str, dict[str, Label]] = {
    "survey_status": {
        "OPEN": Label("进行中", "Open"),
        "CLOSED": Label("已结束", "Closed"),
    },
    "survey_feeling": {
        "SAFE": Label("安全", "Safe"),
        "BASICALLY_SAFE": Label("基本安全", "Basically safe"),
        "NOT_VERY_SAFE": Label("不太安全", "Not very safe"),
        "UNSAFE": Label("不安全", "Unsafe"),
        "DONT_KNOW": Label("说不清", "Do not know"),
    },
    "survey_channel": {
        "PAPER": Label("纸质", "Paper"),
        "WECHAT": Label("微信", "WeChat"),
        "PHONE": Label("电话", "Telephone"),
        "VISIT": Label("入户", "Visit"),
    },
    "age_band": {
        "UNDER_30": Label("30 岁以下", "Under 30"),
        "FROM_30_TO_44": Label("30—44 岁", "30 to 44"),
        "FROM_45_TO_59": Label("45—59 岁", "45 to 59"),
        "FROM_60": Label("60 岁及以上", "60 and over"),
        "UNTOLD": Label("未填", "Not told"),
    },
    "sex": {
        "FEMALE": Label("女", "Female"),
        "MALE": Label("男", "Male"),
        "UNTOLD": Label("未填", "Not told"),
    },
    "survey_flaw": {
        "INCOMPLETE": Label("核心题未答", "Incomplete"),
        "TOO_FAST": Label("作答过快", "Answered too fast"),
    },
    "material_item_kind": {
        "LEAFLET": Label("折页", "Leaflet"),
        "PROMO": Label("宣传品", "Promotional item"),
        "QUESTIONNAIRE": Label("问卷", "Questionnaire"),
    },
    "material_entry_kind": {
        "STOCK_IN": Label("入库", "Stock in"),
        "ISSUE": Label("发放", "Issue"),
        "DISTRIBUTION": Label("分发", "Distribution"),
    },
    "material_recipient": {
        "HOUSEHOLD": Label("入户", "Household"),
        "PUBLIC": Label("公众", "Public"),
    },
    "point_kind": {
        PointKind.EXACT: Label("实际位置", "the exact place"),
        PointKind.GRID_CENTROID: Label(
            "网格中心（位置保密）", "centroid of the grid; the place is kept secret"
        ),
    },
    "datum": {
        "WGS84": Label("WGS-84（卫星定位）", "WGS 84"),
        "GCJ02": Label("GCJ-02（国内地图）", "GCJ-02"),
        "CGCS2000": Label("2000 国家大地坐标系", "CGCS2000"),
    },
    "position_suspicion": {
        "MOCK": Label("模拟定位", "Mock position"),
        "INACCURATE": Label("精度不足", "Too inaccurate"),
        "FROM_THE_FUTURE": Label("定位时间晚于接收时间", "Captured in the future"),
        "STALE": Label("定位远早于所记时间", "Captured long before"),
        "FAR": Label("距所属网格过远", "Far from the grid"),
    },
    "demolition_mode": {
        "SELF": Label("自行拆除", "By the owner"),
        "ASSISTED": Label("助拆", "With help"),
        "FORCED": Label("强制拆除", "By force"),
    },
    "structure": {
        "BRICK_CONCRETE": Label("砖混结构", "Brick and concrete"),
        "BRICK_WOOD": Label("砖木结构", "Brick and wood"),
        "FRAME": Label("框架结构", "Concrete frame"),
        "STEEL_SHED": Label("钢棚", "Steel shed"),
        "SIMPLE_SHED": Label("简易棚", "Simple shed"),
        "OTHER": Label("其他", "Other"),
    },
    "owner_type": {
        "INDIVIDUAL": Label("个人", "Individual"),
        "ENTERPRISE": Label("企业", "Enterprise"),
        "COLLECTIVE": Label("集体", "Collective"),
        "PUBLIC": Label("公共机构", "Public body"),
        "UNKNOWN": Label("不明", "Unknown"),
    },
    "demolition_status": {
        "RECORDED": Label("已登记", "Recorded"),
        "CONFIRMED": Label("已核实", "Confirmed"),
        "VOIDED": Label("已作废", "Voided"),
    },
    "patrol_status": {
        "RUNNING": Label("巡防中", "Running"),
        "FINISHED": Label("已结束", "Finished"),
        "VOIDED": Label("已作废", "Voided"),
    },
}
