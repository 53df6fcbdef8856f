"""Invented people of Jindong for trying the system out; the development issuer vouches for them."""

from typing import NamedTuple

from services.contracts import roles
from services.contracts.labels import Label


class Persona(NamedTuple):
    id: str
    label: Label
    roles: tuple[str, ...]
    areas: tuple[str, ...]
    organisation: str | None = None


PERSONAS: tuple[Persona, ...] = (
    Persona(
        "district-operator",
        Label("区社会治理中心 值班长", "District governance centre, duty officer"),
        (roles.DISTRICT_OPERATOR,),
        ("330703",),
        "330703-social-governance",
    ),
    Persona(
        "dongxiao-operator",
        Label("东孝街道 综合信息指挥室", "Dongxiao subdistrict, command room"),
        (roles.TOWNSHIP_OPERATOR,),
        ("330703002",),
        "330703002-command-room",
    ),
    Persona(
        "xiaoshun-operator",
        Label("孝顺镇 综合信息指挥室", "Xiaoshun town, command room"),
        (roles.TOWNSHIP_OPERATOR,),
        ("330703101",),
        "330703101-command-room",
    ),
    Persona(
        "red-member",
        Label("岭下镇柿树塘村 红色网格员", "Shishutang village, red grid member"),
        (roles.RED_GRID_MEMBER,),
        ("330703105291001",),
    ),
    Persona(
        "mediator",
        Label("东孝街道 调解员", "Dongxiao subdistrict, mediator"),
        (roles.MEDIATOR,),
        ("330703002",),
        "330703002-mediation-committee",
    ),
    Persona(
        "service-group-member",
        Label("东孝街道 服务小组成员", "Dongxiao subdistrict, service group member"),
        (roles.SERVICE_GROUP_MEMBER,),
        ("330703002",),
        "330703002-judicial-office",
    ),
    Persona(
        "station-expert",
        Label("东孝街道 安全生产体检站专家", "Dongxiao subdistrict, safety station expert"),
        (roles.STATION_EXPERT,),
        ("330703002",),
        "330703002-inspection-station",
    ),
    Persona(
        "safety-officer",
        Label("东孝街道 安监人员", "Dongxiao subdistrict, safety officer"),
        (roles.SAFETY_OFFICER,),
        ("330703002",),
        "330703002-safety-office",
    ),
    Persona(
        "training-officer",
        Label("孝顺镇 消防体验馆管理员", "Xiaoshun town, fire experience hall officer"),
        (roles.TRAINING_OFFICER,),
        ("330703101",),
        "330703101-fire-hall",
    ),
    Persona(
        "data-importer",
        Label("历史数据导入员", "Importer of historical data"),
        (roles.DATA_IMPORTER,),
        ("330703",),
    ),
    Persona(
        "operator",
        Label("系统运维员", "System operator"),
        (roles.OPERATOR, roles.AUDITOR),
        ("330703",),
    ),
)
