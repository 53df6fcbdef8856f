"""A file as it is downloaded: whole or a range of it, for this caller only."""

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from services.chassis.attachments.table import Attachment
from services.chassis.attachments.upload import Attached, NotWhole
from services.chassis.errors import Unavailable
from services.media.kinds import TYPES
from services.media.ranges import range_of


class ContentLost(Unavailable):
    """`jinding verify` tells of it as well: it must come back from a backup."""

    zh = "附件内容缺失，请联系运维。"
    en = "The file has been lost; tell the operators."


async def answer(
    attached: Attached, file: Attachment, asked: str, known: list[str] | None
) -> Response:
    """`asked`: the header `Range`; `known`: the tags of `If-None-Match`."""
    if file.content_size is None:
        raise NotWhole
    if await attached.store.size(file.id) != file.content_size:
        raise ContentLost
    size, etag = file.content_size, f'"{file.content_sha256}"'
    name = f"{file.kind.lower()}-{file.id}.{TYPES[file.media_type].extension}"
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # each time it is asked whether the caller still may
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",  # a PDF may hold anything
        "ETag": etag,
    }
    if {"*", etag, f"W/{etag}"} & {*(known or ())}:
        return Response(status_code=304, headers=headers)
    start, end = (part := range_of(asked, size)) or (0, size)
    if part and start >= end:
        raise HTTPException(416, headers={"Content-Range": f"bytes */{size}"})
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    pieces, status = attached.store.get(file.id, start, end), 206 if part else 200
    return StreamingResponse(pieces, status, headers=headers, media_type=file.media_type)
