"""A page in headless Chromium, driven over the DevTools protocol; tells what it logged and asked for."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.running import eventually

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-port=0",
]


def chromium() -> str:
    """The browser's path; without one the test is skipped, or fails where one is required."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("REQUIRE_CHROMIUM") == "1":
        pytest.fail("no Chromium found, and REQUIRE_CHROMIUM=1")
    pytest.skip("no Chromium found")


def _complains(told: Any) -> bool:
    match told["method"], told["params"]:
        case "Runtime.exceptionThrown", _:
            return True
        case "Runtime.consoleAPICalled", {"type": kind}:
            return kind in ("error", "warning", "assert")
        case "Log.entryAdded", {"entry": {"level": level}}:
            return level in ("error", "warning")
        case "Audits.issueAdded", {"issue": {"code": code}}:
            return bool(code == "ContentSecurityPolicyIssue")
    return False


class Page:
    """`complaints`: errors and violations it reported. `requested`: every address it asked for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._ids = socket, itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.complaints: list[str] = []
        self.requested: list[str] = []

    async def listen(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            elif told["method"] == "Network.requestWillBeSent":
                self.requested.append(told["params"]["request"]["url"])
            elif _complains(told):
                self.complaints.append(json.dumps(told, ensure_ascii=False)[:1000])

    async def send(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        told = await asyncio.wait_for(answer, 20)
        assert "error" not in told, told
        return told["result"]

    async def run(self, script: str) -> Any:
        """What the JavaScript expression comes to in the page."""
        told = await self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def until(self, script: str) -> Any:
        return await eventually(lambda: self.run(script), 20)

    async def choose(self, id: str, value: str) -> None:
        """Set a field, as a person would, and tell the page."""
        event = f"new Event('change', {{bubbles: true}}), {id!r}, {value!r}"
        await self.run(
            f"((e, i, v) => {{ const f = document.getElementById(i); f.value = v; f.dispatchEvent(e) }})({event})"
        )

    async def screenshot(self, file: Path, width: int = 1280) -> None:
        size = {"width": width, "deviceScaleFactor": 1, "mobile": False}
        await self.send("Emulation.setDeviceMetricsOverride", **size, height=800)
        height = await self.run("document.documentElement.scrollHeight")
        await self.send("Emulation.setDeviceMetricsOverride", **size, height=height)
        image = await self.send("Page.captureScreenshot")
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(base64.b64decode(image["data"]))


@asynccontextmanager
async def browsing(url: str) -> AsyncIterator[Page]:
    """Open the address in a browser of its own; nothing of it stays."""
    program = chromium()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"HOME": profile},
        )
        try:
            async with _page(Path(profile) / "DevToolsActivePort") as page:
                await page.send("Page.navigate", url=url)
                await page.until(
                    "location.protocol !== 'about:' && document.readyState === 'complete'"
                )
                yield page
        finally:
            process.terminate()
            process.wait()


@asynccontextmanager
async def _page(port_file: Path) -> AsyncIterator[Page]:
    async def port() -> str:
        told = port_file.read_text().splitlines() if port_file.exists() else []
        return told[0] if len(told) > 1 else ""

    address = f"http://127.0.0.1:{await eventually(port, 30)}/json"
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as answer:
            target = next(t for t in await answer.json() if t["type"] == "page")
        async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            page = Page(socket)
            listening = asyncio.create_task(page.listen())
            for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
                await page.send(f"{domain}.enable")
            try:
                yield page
            finally:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening
