"""What is told of files: their kinds, and how far each has come."""

from services.contracts.labels import Label

CODES: dict[str, dict[str, Label]] = {
    "file_kind": {
        "PHOTO": Label("照片", "Photo"),
        "DOCUMENT": Label("文档", "Document"),
        "VIDEO": Label("视频", "Video"),
    },
    "file_state": {
        "DECLARED": Label("已登记，待上传", "Declared, to be sent"),
        "COMPLETE": Label("已收齐", "Complete"),
        "REFUSED": Label("未通过检查，可重传", "Refused, may be sent again"),
        "WITHDRAWN": Label("已声明不再提供", "Withdrawn"),
    },
}
