"""The codes of the training service and what people read for them."""

from enum import StrEnum

from services.contracts.labels import Label


class Audience(StrEnum):
    """Whom training is for (培训对象)."""

    FULL_TIME_GRID = "FULL_TIME_GRID"
    RED_GRID = "RED_GRID"
    PART_TIME_GRID = "PART_TIME_GRID"
    ENT_PRINCIPAL = "ENT_PRINCIPAL"
    SAFETY_MANAGER = "SAFETY_MANAGER"
    EMPLOYEE = "EMPLOYEE"
    LANDLORD = "LANDLORD"
    TOWNSHIP_OFFICER = "TOWNSHIP_OFFICER"
    DEPARTMENT_OFFICER = "DEPARTMENT_OFFICER"
    FIRE_CONTROLLER = "FIRE_CONTROLLER"
    STUDENT = "STUDENT"
    PUBLIC = "PUBLIC"


class AttendanceMethod(StrEnum):
    """How somebody signed in (签到方式)."""

    QR = "QR"
    CARD = "CARD"
    MANUAL = "MANUAL"


class RevocationReason(StrEnum):
    FRAUD = "FRAUD"
    WRONG_PERSON = "WRONG_PERSON"


CODES: dict[str, dict[str, Label]] = {
    "audience": {
        "FULL_TIME_GRID": Label("专职网格员", "Full-time grid members"),
        "RED_GRID": Label("红色网格员", "Red grid members"),
        "PART_TIME_GRID": Label("兼职网格员", "Part-time grid members"),
        "ENT_PRINCIPAL": Label("企业负责人", "Principals of enterprises"),
        "SAFETY_MANAGER": Label("安全管理人员", "Safety managers"),
        "EMPLOYEE": Label("从业人员", "Employees"),
        "LANDLORD": Label("出租房业主", "Landlords of rented houses"),
        "TOWNSHIP_OFFICER": Label("乡镇（街道）干部", "Township officers"),
        "DEPARTMENT_OFFICER": Label("部门干部", "Department officers"),
        "FIRE_CONTROLLER": Label("消防控制室值班人员", "Fire control room operators"),
        "STUDENT": Label("学生", "Students"),
        "PUBLIC": Label("社会公众", "The public"),
    },
    "attendance_method": {
        "QR": Label("扫码", "QR code"),
        "CARD": Label("刷卡", "Card"),
        "MANUAL": Label("人工登记", "By hand"),
    },
    "training_session_status": {
        "OPEN": Label("开放报名", "Open"),
        "STARTED": Label("进行中", "Started"),
        "FINISHED": Label("已结束", "Finished"),
        "SETTLED": Label("已结算", "Settled"),
        "CANCELLED": Label("已取消", "Cancelled"),
    },
    "attendance_status": {
        "ATTENDED": Label("已参训", "Attended"),
        "PASSED": Label("考核合格", "Passed"),
        "FAILED": Label("考核不合格", "Failed"),
    },
    "certificate_status": {
        "VALID": Label("有效", "Valid"),
        "EXPIRED": Label("已到期", "Expired"),
        "REVOKED": Label("已撤销", "Revoked"),
    },
    "revocation_reason": {
        "FRAUD": Label("弄虚作假", "Fraud"),
        "WRONG_PERSON": Label("人员有误", "Wrong person"),
    },
}
