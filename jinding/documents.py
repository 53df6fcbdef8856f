"""The documents for those who build on Jinding: of the API, and of the events."""

from typing import Annotated

import typer

from jinding.plainly import plainly

Check = Annotated[bool, typer.Option("--check", help="只比较 · compare only")]


@plainly
def openapi(check: Check = False) -> None:
    """生成接口文档 · Write the merged OpenAPI document."""
    from jinding import openapi as document  # noqa: PLC0415  (imports every service)

    document.check() if check else document.write()


@plainly
def asyncapi(check: Check = False) -> None:
    """生成事件文档 · Write the events' document and schemas; refuses to break what is published."""
    from jinding.asyncapi import files  # noqa: PLC0415  (imports the gateway)

    files.check() if check else files.write()
