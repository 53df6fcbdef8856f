"""What the command line asks of the running gateway."""

from collections.abc import Sequence
from typing import Any

import httpx

from jinding.refusal import Refusal

IMPORT_SECONDS = 120.0


def issue_token(
    url: str, roles: Sequence[str], areas: Sequence[str], org: str | None, subject: str
) -> str:
    """A bearer token of the development issuer, for a caller of one's own making."""
    body = {"subject": subject, "roles": list(roles), "areas": list(areas), "org": org}
    answer = _send("POST", f"{url}/dev/token", body)
    return str(answer["access_token"])


def import_rows(url: str, token: str, noun: str, rows: Sequence[Any]) -> dict[str, Any]:
    """Import the rows of `noun` (`areas`, `organisations`); importing them again changes nothing."""
    return _send("PUT", f"{url}/v1/grid/{noun}/import", {"rows": list(rows)}, token)


def _send(method: str, url: str, body: object, token: str | None = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx.Client(trust_env=False, timeout=IMPORT_SECONDS) as client:
            answer = client.request(method, url, json=body, headers=headers)
    except httpx.ConnectError as error:
        raise Refusal(
            f"无法连接网关（{url}），请先运行 make run。",
            f"The gateway does not answer ({url}); start it with `make run`.",
        ) from error
    if answer.is_error:
        raise Refusal(
            f"网关拒绝了请求（{answer.status_code}）：{answer.text}",
            f"The gateway refused ({answer.status_code}): {answer.text}",
        )
    result: dict[str, Any] = answer.json()
    return result
