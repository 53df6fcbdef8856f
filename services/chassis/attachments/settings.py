import json
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings


class AttachmentSettings(BaseSettings):
    """Where files are kept and what of them is taken. Part of a service's settings."""

    attachments: str = Field(
        ".jinding/attachments", description="a folder, or s3://bucket/prefix?…"
    )
    attachments_credentials_file: Path | None = Field(
        None, description="of S3: docs/attachments.md"
    )
    attachment_video: bool = Field(False, description="whether videos are taken")
    attachment_pixels: int = Field(20_000_000, ge=1, description="of a photo; each takes 6–8 bytes")
    clamd: str | None = Field(None, description="a socket's path or host:port; without it no scan")

    def attachments_credentials(self) -> dict[str, str]:
        """None where no file is named: S3 then finds them as it does anywhere."""
        file = self.attachments_credentials_file
        return dict(json.loads(file.read_text())) if file else {}
