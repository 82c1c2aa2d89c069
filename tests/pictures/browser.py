"""Chromium without a window, driven by its DevTools protocol: it is handed a page and asked for a picture.

https://chromedevtools.github.io/devtools-protocol/
"""

import asyncio
import base64
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *(
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--remote-debugging-port=0",
        "--remote-allow-origins=*",
    ),
)
LARGEST = 2**26


class Browser:
    """One tab, without any way to the network."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket, self._numbers, self._session = socket, itertools.count(1), ""

    async def open(self) -> None:
        target = await self._ask("Target.createTarget", url="about:blank")
        attached = await self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]

    async def picture(
        self, html: str, width: int, *, settled: str = "", kind: str = "png", scale: float = 1
    ) -> bytes:
        """The whole page, as wide as told and as high as it needs to be once `settled` has run on it."""
        await self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=64, deviceScaleFactor=1, mobile=False
        )
        tree = await self._ask("Page.getFrameTree")
        await self._ask("Page.setDocumentContent", frameId=tree["frameTree"]["frame"]["id"], html=html)
        if settled:
            await self.until(
                "[...document.querySelectorAll('iframe')].every(f => f.contentDocument.body?.scrollHeight)"
            )
            await self.evaluate(settled)
        height = await self.evaluate("document.body.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
        quality = {"quality": 30} if kind == "webp" else {}
        shot = await self._ask(
            "Page.captureScreenshot", **quality, format=kind, clip=clip, captureBeyondViewport=True
        )
        return base64.b64decode(shot["data"])

    async def visit(self, url: str, width: int = 1280, height: int = 900) -> None:
        """Opens an address of this machine, and returns once it has been loaded."""
        await self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        await self._ask("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def until(self, expression: str, timeout: float = 30) -> None:
        """Returns once this holds on the page; TimeoutError after as many seconds."""
        async with asyncio.timeout(timeout):
            while not await self.evaluate(f"Boolean({expression})"):
                await asyncio.sleep(0.1)

    async def key(self, name: str, code: int) -> None:
        """Presses a key that writes nothing."""
        for kind in ("rawKeyDown", "keyUp"):
            await self._ask("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code)

    async def prefers(self, scheme: str) -> None:
        """`dark` or `light`."""
        await self._ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def screen(self) -> bytes:
        """What the window shows, as a PNG."""
        return base64.b64decode((await self._ask("Page.captureScreenshot", format="png"))["data"])

    async def evaluate(self, expression: str) -> Any:
        """What a page answers to JavaScript; RuntimeError where that throws. Promises are waited for."""
        asked = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        told = await self._ask("Runtime.evaluate", **asked)
        if "exceptionDetails" in told:
            raise RuntimeError(str(told["exceptionDetails"].get("exception", {}).get("description", told)))
        return told["result"].get("value")

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        where = {"sessionId": self._session} if self._session else {}
        await self._socket.send_json({"id": number, "method": method, "params": parameters, **where})
        async for each in self._socket:
            if each.type is not WSMsgType.TEXT:
                break
            answer = each.json()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])
        raise ConnectionError("the browser is gone")


def program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Raises FileNotFoundError where there is no Chromium, TimeoutError where it does not start."""
    found = program()
    if found is None:
        raise FileNotFoundError("there is no chromium on this machine")
    with tempfile.TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            found,
            *OPTIONS,
            f"--user-data-dir={profile}",
            stderr=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": profile, "LANG": "C.UTF-8"},
        )
        try:
            async with (
                ClientSession() as session,
                session.ws_connect(await _address(process), max_msg_size=LARGEST) as socket,
            ):
                tab = Browser(socket)
                await tab.open()
                yield tab
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None, "it was piped"
    async with asyncio.timeout(60):
        async for line in process.stderr:
            if found := re.search(r"listening on (ws://127\.0\.0\.1:\S+)", line.decode("utf-8", "replace")):
                return found[1]
    raise TimeoutError("chromium did not start")
