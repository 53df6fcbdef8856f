"""Roles a token may carry. Which of them may do what is in the `policy.py` of each service."""

from services.contracts.labels import Label

FULL_TIME_GRID_MEMBER = "full_time_grid_member"
PART_TIME_GRID_MEMBER = "part_time_grid_member"
RED_GRID_MEMBER = "red_grid_member"
GRID_LEADER = "grid_leader"
GRID_INSTRUCTOR = "grid_instructor"
VILLAGE_OPERATOR = "village_operator"
TOWNSHIP_OPERATOR = "township_operator"
DISTRICT_OPERATOR = "district_operator"
DEPARTMENT_HANDLER = "department_handler"
RESIDENT = "resident"
MEDIATOR = "mediator"
SERVICE_GROUP_MEMBER = "service_group_member"
SAFETY_OFFICER = "safety_officer"
STATION_EXPERT = "station_expert"
ENTERPRISE_CONTACT = "enterprise_contact"
TRAINING_OFFICER = "training_officer"
DATA_IMPORTER = "data_importer"
AUDITOR = "auditor"
PRIVACY_OFFICER = "privacy_officer"
OPERATOR = "operator"
AGENCY = "agency"

ROLES: dict[str, Label] = {
    FULL_TIME_GRID_MEMBER: Label("专职网格员", "Full-time grid member"),
    PART_TIME_GRID_MEMBER: Label("兼职网格员", "Part-time grid member"),
    RED_GRID_MEMBER: Label("红色网格员", "Red grid member"),
    GRID_LEADER: Label("网格长", "Grid leader"),
    GRID_INSTRUCTOR: Label("网格指导员", "Grid instructor"),
    VILLAGE_OPERATOR: Label("村社工作人员", "Village operator"),
    TOWNSHIP_OPERATOR: Label("乡镇（街道）综合信息指挥室", "Township operator"),
    DISTRICT_OPERATOR: Label("区社会治理中心", "District operator"),
    DEPARTMENT_HANDLER: Label("部门承办人", "Department handler"),
    RESIDENT: Label("群众", "Resident"),
    MEDIATOR: Label("调解员", "Mediator"),
    SERVICE_GROUP_MEMBER: Label("服务小组成员", "Service group member"),
    SAFETY_OFFICER: Label("安监人员", "Safety officer"),
    STATION_EXPERT: Label("体检站专家", "Station expert"),
    ENTERPRISE_CONTACT: Label("企业联系人", "Enterprise contact"),
    TRAINING_OFFICER: Label("培训管理员", "Training officer"),
    DATA_IMPORTER: Label("历史数据导入员", "Historical data importer"),
    AUDITOR: Label("审计员", "Auditor"),
    PRIVACY_OFFICER: Label("个人信息保护负责人", "Personal information protection officer"),
    OPERATOR: Label("系统运维员", "System operator"),
    AGENCY: Label("协作单位", "Partner agency"),
}
