"""Around reports: subcategories and fields, positions, duplicates, look-up codes, reports of other systems."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

SINCE = date(2000, 1, 1)
DESIGN = "拟定，待区里确认 · our design, to be confirmed"
STATISTICS = "人民调解统计类别 · the statistics of mediation"
# Each: category, code, zh, en, whether it is a clue.
SUBCATEGORIES = (
    ("DISPUTE", "FAMILY", "婚姻家庭纠纷", "Family dispute", False),
    ("DISPUTE", "NEIGHBOUR", "邻里纠纷", "Dispute of neighbours", False),
    ("DISPUTE", "HOUSING", "房屋宅基地纠纷", "House or homestead", False),
    ("DISPUTE", "CONTRACT", "合同纠纷", "Contract", False),
    ("DISPUTE", "BUSINESS", "生产经营纠纷", "Production and business", False),
    ("DISPUTE", "DAMAGE", "损害赔偿纠纷", "Damages", False),
    ("DISPUTE", "FOREST_LAND", "山林土地纠纷", "Forest and land", False),
    ("DISPUTE", "LAND_TAKING", "征地拆迁纠纷", "Land taking and demolition", False),
    ("DISPUTE", "ENVIRONMENT", "环境污染纠纷", "Pollution", False),
    ("DISPUTE", "LABOUR", "劳动争议", "Labour dispute", False),
    ("DISPUTE", "CONSUMER", "消费纠纷", "Consumer dispute", False),
    ("DISPUTE", "MEDICAL", "医疗纠纷", "Medical dispute", False),
    ("DISPUTE", "TRAFFIC", "道路交通事故纠纷", "Traffic accident", False),
    ("DISPUTE", "PROPERTY_MANAGEMENT", "物业纠纷", "Property management", False),
    ("DISPUTE", "OTHER", "其他纠纷", "Other dispute", False),
    ("PUBLIC_SECURITY", "THEFT_CLUE", "盗窃线索", "Clue to a theft", True),
    ("PUBLIC_SECURITY", "FRAUD_CLUE", "反诈线索", "Clue to a fraud", True),
    ("PUBLIC_SECURITY", "FIGHT", "打架斗殴", "Fight", False),
    ("PUBLIC_SECURITY", "ILLEGAL_GATHERING", "非法聚集", "Illegal gathering", False),
    ("PUBLIC_SECURITY", "SUSPICIOUS_RENTAL", "可疑出租", "Suspicious rental", True),
    ("WORK_SAFETY", "ENTERPRISE_HAZARD", "企业隐患", "Hazard of an enterprise", False),
    ("WORK_SAFETY", "WORKSHOP_FIRE_RISK", "作坊火灾隐患", "Fire risk of a workshop", False),
    ("WORK_SAFETY", "HAZARDOUS_GOODS", "危险化学品", "Hazardous goods", False),
    ("FIRE_SAFETY", "BLOCKED_EXIT", "堵塞疏散通道", "Blocked exit", False),
    ("FIRE_SAFETY", "EBIKE_CHARGING", "电动车违规充电", "Charging of e-bikes", False),
    ("FIRE_SAFETY", "RENTAL_FIRE_RISK", "出租房火灾隐患", "Fire risk of a rental house", False),
    ("TRAFFIC", "ROAD_DEFECT", "道路破损", "Road defect", False),
    ("TRAFFIC", "SIGNAL", "信号设施", "Signals", False),
    ("ILLEGAL_BUILDING", "NEW_BUILD", "未批先建", "New build without permit", False),
    ("ILLEGAL_BUILDING", "EXTRA_STOREY", "违法加层", "Extra storey", False),
    ("ENVIRONMENT", "WASTE_SORTING", "垃圾分类", "Waste sorting", False),
    ("ENVIRONMENT", "WATER", "水体污染", "Water", False),
    ("ENVIRONMENT", "NOISE", "噪声", "Noise", False),
    ("ENVIRONMENT", "DUST", "扬尘", "Dust", False),
    ("ENVIRONMENT", "BURNING", "露天焚烧", "Open burning", False),
    ("FIREWORKS", "SETTING_OFF", "违规燃放", "Setting off", False),
    ("FIREWORKS", "ILLEGAL_SALE", "非法销售储存", "Illegal sale or storage", True),
    ("MARKET", "FOOD", "食品", "Food", False),
    ("MARKET", "DRUGS", "药品", "Drugs", False),
    ("MARKET", "UNLICENSED", "无证经营", "Unlicensed trade", False),
    ("LIVELIHOOD", "WATER_POWER", "水电", "Water and power", False),
    ("LIVELIHOOD", "ELDERLY_HELP", "助老", "Help for the elderly", False),
    ("LIVELIHOOD", "CERTIFICATE", "证照代办", "Certificates", False),
    ("POPULATION_HOUSING", "NEW_TENANT", "新增租客", "New tenant", False),
    ("POPULATION_HOUSING", "UNREGISTERED_RENTAL", "出租未登记", "Rental not registered", False),
    ("PUBLIC_OPINION", "ADVICE", "意见建议", "Advice", False),
    ("PUBLIC_OPINION", "RUMOUR", "谣言", "Rumour", False),
    ("EMERGENCY", "FIRE", "火灾", "Fire", False),
    ("EMERGENCY", "FLOOD", "洪涝", "Flood", False),
    ("EMERGENCY", "ACCIDENT", "事故", "Accident", False),
    ("EMERGENCY", "GROUP_INCIDENT", "群体性事件", "Group incident", False),
    ("OTHER", "OTHER", "其他", "Other", False),
)
# By the names that stand in 平安浙江; what its codes are is not known here.
SOURCE = "PINGAN_ZHEJIANG"
BY_NAME = "按名称对应，待区里确认 · by name, to be confirmed"
CATEGORIES = {
    "矛盾纠纷": "DISPUTE",
    "社会治安": "PUBLIC_SECURITY",
    "安全生产": "WORK_SAFETY",
    "消防安全": "FIRE_SAFETY",
    "交通安全": "TRAFFIC",
    "违法建设": "ILLEGAL_BUILDING",
    "环境卫生": "ENVIRONMENT",
    "烟花爆竹": "FIREWORKS",
    "市场监管": "MARKET",
    "民生服务": "LIVELIHOOD",
    "出租房屋": "POPULATION_HOUSING",
    "社情民意": "PUBLIC_OPINION",
    "突发事件": "EMERGENCY",
    "其他": "OTHER",
}
STATUSES = {"待受理": "REPORTED", "办结": "CLOSED", "注销": "CANCELLED"}


def upgrade() -> None:
    for column in (
        sa.Column("subcategory", sa.String(), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("parties", postgresql.JSONB(), nullable=False, server_default="[]"),
        sa.Column("position", postgresql.JSONB(), nullable=True),
        sa.Column("suspicions", postgresql.JSONB(), nullable=False, server_default="[]"),
        sa.Column("anonymous", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("sensitive", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("credited", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
    ):
        op.add_column("report", column)
    op.create_index("ix_report_near", "report", ["area_code", "category", "reported_at"])
    op.create_index("ix_report_external", "report", ["source", "external_id"], unique=True)
    merged = sa.text("duplicate_of is not null")
    op.create_index("ix_report_merged", "report", ["duplicate_of"], postgresql_where=merged)
    subcategory = op.create_table(
        "report_subcategory",
        sa.Column("category", sa.String(40), primary_key=True),
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("clue", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
    )
    op.bulk_insert(subcategory, [_subcategory(*row) for row in SUBCATEGORIES])
    source_code = op.create_table(
        "report_source_code",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("subcategory", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
    )
    meanings = [("CATEGORY", code, "category", ours) for code, ours in CATEGORIES.items()]
    meanings += [("STATUS", code, "status", ours) for code, ours in STATUSES.items()]
    op.bulk_insert(source_code, [_meaning(*row) for row in meanings])
    op.create_table(
        "report_lookup",
        sa.Column("report_id", sa.Uuid(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    # 保存期限（拟定）：与事件同为十年 · as long as the reports themselves: ten years, our design.
    op.execute("insert into retention_rule values ('report', null, 3650, '事件档案保存期限')")


def _subcategory(category: str, code: str, zh: str, en: str, clue: bool) -> dict[str, object]:
    source = STATISTICS if category == "DISPUTE" else DESIGN
    told = {"category": category, "code": code, "zh": zh, "en": en, "clue": clue}
    return told | {"confirmed": False, "source": source, "valid_from": SINCE, "valid_to": None}


def _meaning(kind: str, code: str, column: str, ours: str) -> dict[str, object]:
    told = {"source": SOURCE, "kind": kind, "code": code, "label": code, "basis": BY_NAME}
    empty = dict.fromkeys(("category", "subcategory", "status"))
    return told | empty | {column: ours, "confirmed": False}
