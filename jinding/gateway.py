"""What the command line asks of the running gateway."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx

from jinding.refusal import Refusal

IMPORT_SECONDS = 120.0


def issue_token(
    url: str, roles: Sequence[str], areas: Sequence[str], org: str | None, subject: str
) -> str:
    """A bearer token of the development issuer, for a caller of one's own making."""
    body = {"subject": subject, "roles": list(roles), "areas": list(areas), "org": org}
    answer = ask("POST", f"{url}/dev/token", body).accepted()
    return str(answer["access_token"])


def import_rows(url: str, token: str, noun: str, rows: Sequence[Any]) -> dict[str, Any]:
    """Import the rows of `noun` (`areas`, `organisations`); importing them again changes nothing."""
    return ask("PUT", f"{url}/v1/grid/{noun}/import", {"rows": list(rows)}, token).accepted()


class Answer(NamedTuple):
    status: int
    text: str

    def accepted(self) -> dict[str, Any]:
        """What it tells; a refusal of ours where it is one."""
        if self.status >= 400:
            raise Refusal(
                f"网关拒绝了请求（{self.status}）：{self.text}",
                f"The gateway refused ({self.status}): {self.text}",
            )
        told: dict[str, Any] = json.loads(self.text)
        return told

    @property
    def reason(self) -> str:
        """Why it was refused, in English."""
        try:
            return str(json.loads(self.text)["detail"])
        except (ValueError, KeyError, TypeError):
            return self.text


def ask(
    method: str,
    url: str,
    body: object = None,
    token: str | None = None,
    if_match: str | None = None,
) -> Answer:
    headers = {"Accept-Language": "en"}
    if if_match:
        headers["If-Match"] = if_match
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with httpx.Client(trust_env=False, timeout=IMPORT_SECONDS) as client:
            answer = client.request(method, url, json=body, headers=headers)
    except httpx.ConnectError as error:
        raise Refusal(
            f"无法连接网关（{url}），请先运行 make run。",
            f"The gateway does not answer ({url}); start it with `make run`.",
        ) from error
    return Answer(answer.status_code, answer.text)
