"""What the gateway tells of itself."""

from typing import ClassVar

from services.contracts.audit import HeadAnchored


class AuditHeadAnchored(HeadAnchored):
    topic: ClassVar[str] = "jinding.gateway.audit.v1"
    type: ClassVar[str] = "jinding.gateway.audit.head_anchored.v1"
