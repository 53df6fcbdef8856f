"""What an audit tells of: the kinds of acts."""

from enum import StrEnum

from services.contracts.labels import Label


class Action(StrEnum):
    ACCESSED = "ACCESSED"
    CONFIGURED = "CONFIGURED"
    CORRECTED = "CORRECTED"
    DEADLETTER = "DEADLETTER"
    DOWNLOADED = "DOWNLOADED"
    EMERGENCY = "EMERGENCY"
    ERASED = "ERASED"
    EXPORTED = "EXPORTED"
    GRANTED = "GRANTED"
    KEY_MADE = "KEY_MADE"
    KEY_USED = "KEY_USED"
    LEFT_OUT = "LEFT_OUT"
    PRUNED = "PRUNED"
    READ = "READ"
    REFUSED = "REFUSED"
    REVEALED = "REVEALED"
    REVOKED = "REVOKED"
    SEARCHED = "SEARCHED"
    WARNING = "WARNING"


CODES: dict[str, dict[str, Label]] = {
    "audit_action": {
        "ACCESSED": Label("本人查阅", "Access by the person concerned"),
        "CONFIGURED": Label("修改配置", "Configuration changed"),
        "CORRECTED": Label("更正", "Correction"),
        "DEADLETTER": Label("处理死信", "Dead letter handled"),
        "DOWNLOADED": Label("下载附件", "Attachment downloaded"),
        "EMERGENCY": Label("应急访问", "Emergency access"),
        "ERASED": Label("删除个人信息", "Personal data erased"),
        "EXPORTED": Label("导出", "Export"),
        "GRANTED": Label("授权", "Grant"),
        "KEY_MADE": Label("签发密钥", "Key issued"),
        "KEY_USED": Label("使用密钥", "Key used"),
        "LEFT_OUT": Label("未能记入（数量见结果）", "Left out; the outcome tells how many"),
        "PRUNED": Label("到期清理", "Pruned after retention"),
        "READ": Label("查看", "Read"),
        "REFUSED": Label("拒绝", "Refused"),
        "REVEALED": Label("查看明文", "Revealed"),
        "REVOKED": Label("撤销授权", "Revoked"),
        "SEARCHED": Label("检索", "Searched"),
        "WARNING": Label("处理工作预警", "Work warning handled"),
    },
}
