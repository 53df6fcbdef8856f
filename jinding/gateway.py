"""What the command line asks of the running gateway."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import httpx

from jinding.refusal import Refusal

IMPORT_SECONDS = 120.0


def issue_token(
    url: str, roles: Sequence[str], areas: Sequence[str], org: str | None, subject: str
) -> str:
    """A bearer token of the development issuer, for a caller of one's own making."""
    body = {"subject": subject, "roles": list(roles), "areas": list(areas), "org": org}
    answer = ask("POST", f"{url}/dev/token", body)
    if answer.status == 404:
        raise Refusal(
            f'{url} 的网关不签发开发用令牌：部署在 docker compose 中的，请用 make ops C="…"。',
            f"The gateway at {url} issues no tokens of its own: for a deployment in docker compose "
            'use make ops C="…".',
        )
    return str(answer.accepted()["access_token"])


class Unanswered(Refusal):
    """Nobody answers at `url`, or not in time."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f'无法连接 {url}，请先运行 make run；部署在 docker compose 中的，请用 make ops C="…"。',
            f"{url} does not answer; start it with `make run`, or for a deployment in docker compose "
            'use make ops C="…".',
        )


class Answer(NamedTuple):
    status: int
    text: str

    @classmethod
    def refused(cls, status: int, detail: str) -> "Answer":
        return cls(status, json.dumps({"detail": detail}))

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
    more: Mapping[str, str] | None = None,
) -> Answer:
    headers = {"Accept-Language": "en", **(more or {})}
    if if_match:
        headers["If-Match"] = if_match
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with httpx.Client(trust_env=False, timeout=IMPORT_SECONDS) as client:
            answer = client.request(method, url, json=body, headers=headers)
    except httpx.TransportError as error:
        raise Unanswered(url) from error
    return Answer(answer.status_code, answer.text)
