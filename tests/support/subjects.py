"""A person who is known to several services, and what the desk does for them."""

from typing import Any

from httpx import Response

from tests.support.running import eventually
from tests.support.stack import Stack

REQUESTS = "/v1/grid/subject-requests"


class Subject:
    """`number` and `phone` name the person; everybody acts in district 330703."""

    def __init__(self, system: Stack, *, name: str, number: str, phone: str) -> None:
        self.system, self.name, self.number, self.phone = system, name, number, phone

    async def call(
        self, role: str, method: str, path: str, body: Any = None, **how: Any
    ) -> Response:
        token = await self.system.token(role)
        return await self.system.call(token, method, path, body, **how)

    async def is_party(self, **facts: Any) -> str:
        """A case of which the person is a party; its id."""
        parties = [{"side": "APPLICANT", "name": self.name, "phone": self.phone, **facts}]
        body = {
            "area_code": "330703105291",
            "case_type": "NEIGHBOUR",
            "title": "宅基地排水纠纷",
            "description": "两户因排水沟走向发生争执",
            "parties": parties,
        }
        answer = await self.call("district_operator", "POST", "/v1/disputes/cases", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def party(self, case: str) -> Any:
        answer = await self.call("district_operator", "GET", f"/v1/disputes/cases/{case}")
        return answer.json()["parties"][0]

    async def asks(self, kind: str, **facts: Any) -> dict[str, Any]:
        """A verified request."""
        body = {"area_code": "330703", "kind": kind, "name": self.name, "phone": self.phone}
        body |= {"resident_id": self.number} | facts
        answer = await self.call("district_operator", "POST", REQUESTS, body)
        assert answer.status_code == 201, answer.text
        return await self.step(answer.json(), "verify")

    async def step(self, receipt: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
        path, match = f"{REQUESTS}/{receipt['id']}/{name}", f'"{receipt["version"]}"'
        answer = await self.call("privacy_officer", "POST", path, body, headers={"If-Match": match})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def request(self, receipt: dict[str, Any]) -> Any:
        path = f"{REQUESTS}/{receipt['id']}"
        return (await self.call("privacy_officer", "GET", path)).json()

    async def copied(self, receipt: dict[str, Any], role: str = "privacy_officer") -> Response:
        return await self.call(role, "POST", f"/v1/subject-requests/{receipt['id']}/copy")

    async def is_erased(self, seconds: float = 20.0) -> dict[str, Any]:
        """The receipt of an erasure that every service has confirmed."""
        receipt = await self.step(await self.asks("ERASURE"), "erase")

        async def done() -> bool:
            return bool((await self.request(receipt))["status"] == "DONE")

        await eventually(done, seconds)
        return receipt
