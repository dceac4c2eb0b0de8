"""A real browser without a driver: Debian's chromium, asked over a pipe in its own DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
             "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe", "--window-size=1500,1300"]  # fmt: skip


class Page:
    """One tab of a running browser."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._read, self._number, self._session = b"", 0, ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")

    def ask(self, method: str, wait: float = 90, **parameters: Any) -> dict[str, Any]:
        """One command, and what came of it."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters, **({"sessionId": self._session} if self._session else {})}
        os.write(self._to, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + wait
        while True:
            while b"\0" not in self._read:
                ready, _, _ = select.select([self._from], [], [], max(0, deadline - time.monotonic()))
                assert ready, f"the browser said nothing to {method}"
                self._read += os.read(self._from, 1 << 20)
            message, _, self._read = self._read.partition(b"\0")
            told = json.loads(message)
            if told.get("id") == self._number:
                assert "error" not in told, told["error"]
                return told["result"]

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        told = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def open(self, address: str) -> None:
        self.ask("Page.navigate", url=address)

    def wait_for(self, script: str, seconds: float = 90) -> Any:
        """What an expression says once it says something true."""
        deadline = time.monotonic() + seconds
        while not (said := self.run(script)):
            assert time.monotonic() < deadline, f"in vain for {seconds:.0f} s: {script}\n{self.run('document.body.innerText')[:3000]}"
            time.sleep(0.5)
        return said

    def picture(self, path: Path, height: int = 0) -> None:
        """The page as it is, or the first ``height`` pixels of it."""
        if height:
            self.ask("Emulation.setDeviceMetricsOverride", width=1500, height=height, deviceScaleFactor=1, mobile=False)
            time.sleep(4)
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """Start a browser that knows nothing, and end it."""
    read_by_browser, to_browser = os.pipe()
    from_browser, written_by_browser = os.pipe()
    command = ["bash", "-c", f'exec "$@" 3<&{read_by_browser} 4>&{written_by_browser}', "bash", str(CHROMIUM), *ARGUMENTS,
               f"--user-data-dir={profile}", "about:blank"]  # fmt: skip
    with subprocess.Popen(command, pass_fds=(read_by_browser, written_by_browser), stderr=subprocess.DEVNULL) as running:
        os.close(read_by_browser), os.close(written_by_browser)
        try:
            yield Page(to_browser, from_browser)
        finally:
            running.terminate()
            os.close(to_browser), os.close(from_browser)
