"""The founding article's figures (spring 2018), and where the dashboard shows each."""

from datetime import date

from jinding.demo.row import Row
from services.contracts.labels import Label

MEMBERS_YEAR = (date(2017, 1, 1), date(2017, 12, 31))
GROUPS = (date(2017, 1, 1), date(2018, 3, 31))
STATION_YEAR = (date(2017, 3, 1), date(2018, 2, 28))
HALL = (date(2017, 8, 1), date(2018, 3, 31))
VISIT_WEEK = (date(2017, 3, 20), date(2017, 3, 26))
PERMIT_DAY = (date(2018, 2, 27), date(2018, 2, 27))
SUMMIT = (date(2016, 9, 1), date(2016, 9, 30))

MEMBERS = Label("红色网格员", "red grid members")
SERVICE_GROUPS = Label("服务小组", "service groups")
STATION = Label("安全生产体检站", "check-up station")
FIRE_HALL = Label("消防体验馆", "fire hall")


def _figure(service: str, name: str, *part: str) -> tuple[str, ...]:
    return (service, "figures", name, *(part or ("value",)))


def _stocks(colour: str, zh: str, en: str, start: int, end: int, change: int) -> tuple[Row, ...]:
    figure = f"ratings_{colour}"
    who = (STATION, STATION_YEAR)
    return (
        Row(
            Label(f"{zh}期初", f"{en}, start"),
            *who,
            start,
            "=",
            _figure("inspection", figure, "start"),
        ),
        Row(Label(f"{zh}期末", f"{en}, end"), *who, end, "=", _figure("inspection", figure, "end")),
        Row(
            Label(f"{zh}变动", f"{en}, change"),
            *who,
            change,
            "%",
            _figure("inspection", figure, "change_percent"),
            change=(start, end),
        ),
    )


RED = _figure("grid", "members_in_service", "by", "RED")
WEEKLY = _figure("grid", "weekly_visit_rate")
ROWS: tuple[Row, ...] = (
    Row(Label("红色网格员", "red grid members"), MEMBERS, MEMBERS_YEAR, 10_000, ">", RED),
    Row(Label("每周走访", "visited in a week, share"), MEMBERS, VISIT_WEEK, 1, "=", WEEKLY, False),
    Row(
        Label("上报事件", "reports filed"),
        MEMBERS,
        MEMBERS_YEAR,
        12_329,
        "=",
        _figure("grid", "reports_filed", "by", "RED_MEMBER"),
    ),
    Row(
        Label("发现并化解纠纷", "disputes found and settled"),
        MEMBERS,
        MEMBERS_YEAR,
        5_735,
        "=",
        _figure("disputes", "cases_settled", "by", "RED_MEMBER"),
    ),
    Row(
        Label("巡防人次", "person-times on patrol"),
        MEMBERS,
        MEMBERS_YEAR,
        96_000,
        "=",
        _figure("grid", "patrol_person_times"),
    ),
    Row(
        Label("峰会巡防（不计入2017年）", "on patrol for the summit, not of 2017"),
        MEMBERS,
        SUMMIT,
        0,
        ">",
        _figure("grid", "patrol_person_times", "by", "G20-2016"),
    ),
    Row(
        Label("带头拆除违建（平方米）", "illegal buildings demolished, m²"),
        MEMBERS,
        MEMBERS_YEAR,
        79_800,
        "=",
        _figure("grid", "demolished_m2"),
    ),
    Row(
        Label("影像齐全的拆违记录", "demolitions with photos of before and after"),
        MEMBERS,
        MEMBERS_YEAR,
        500,
        ">=",
        _figure("grid", "demolitions_confirmed"),
    ),
    Row(
        Label("发放折页", "leaflets"),
        MEMBERS,
        MEMBERS_YEAR,
        140_000,
        "=",
        _figure("grid", "leaflets_distributed"),
    ),
    Row(
        Label("发放宣传品", "promotional items"),
        MEMBERS,
        MEMBERS_YEAR,
        125_000,
        "=",
        _figure("grid", "promo_items_distributed"),
    ),
    Row(
        Label("三率问卷", "questionnaires of the three rates"),
        MEMBERS,
        MEMBERS_YEAR,
        130_000,
        ">",
        _figure("grid", "questionnaires_returned"),
    ),
    Row(
        Label("解决困难", "difficulties solved"),
        MEMBERS,
        MEMBERS_YEAR,
        8_000,
        ">",
        _figure("grid", "help_solved", "by", "RED_MEMBER"),
    ),
    Row(
        Label("代办施工牌（不计入2017年）", "a building permit obtained, not of 2017"),
        MEMBERS,
        PERMIT_DAY,
        1,
        "=",
        _figure("grid", "help_solved", "by", "RED_MEMBER"),
        False,
    ),
    Row(
        Label("代办施工牌零跑腿率", "share of it without a trip"),
        MEMBERS,
        PERMIT_DAY,
        1,
        "=",
        _figure("grid", "zero_trip_share"),
        False,
    ),
    Row(
        Label("化解纠纷", "disputes settled"),
        SERVICE_GROUPS,
        GROUPS,
        90,
        ">",
        _figure("disputes", "cases_settled", "by", "SERVICE_GROUP"),
    ),
    Row(
        Label("接待批次", "batches received"),
        SERVICE_GROUPS,
        GROUPS,
        159,
        "=",
        _figure("disputes", "reception_batches"),
    ),
    Row(
        Label("接待人次", "persons received"),
        SERVICE_GROUPS,
        GROUPS,
        389,
        "=",
        _figure("disputes", "persons_received"),
    ),
    Row(
        Label("企业建档", "enterprises on file"),
        STATION,
        STATION_YEAR,
        1_007,
        "=",
        _figure("inspection", "enterprises_on_file"),
    ),
    Row(
        Label("工业企业建档率", "file coverage"),
        STATION,
        STATION_YEAR,
        0.9,
        ">",
        _figure("inspection", "file_coverage"),
        False,
    ),
    Row(
        Label("体检报告", "check-up reports"),
        STATION,
        STATION_YEAR,
        1_004,
        "=",
        _figure("inspection", "reports_issued"),
    ),
    Row(
        Label("发现隐患", "hazards found"),
        STATION,
        STATION_YEAR,
        9_835,
        "=",
        _figure("inspection", "hazards_found"),
    ),
    Row(
        Label("销号隐患", "hazards closed"),
        STATION,
        STATION_YEAR,
        9_835,
        "=",
        _figure("inspection", "hazards_closed"),
    ),
    *_stocks("red", "红色企业", "rated red", 155, 37, -76),
    *_stocks("orange", "橙色企业", "rated orange", 280, 201, -28),
    *_stocks("yellow_blue", "黄蓝企业", "yellow or blue", 463, 643, 39),
    Row(
        Label("培训人数", "persons trained"),
        FIRE_HALL,
        HALL,
        12_000,
        ">",
        _figure("training", "people_trained"),
    ),
    Row(
        Label("培训人次", "attendances"),
        FIRE_HALL,
        HALL,
        12_000,
        ">",
        _figure("training", "attendances"),
    ),
)
