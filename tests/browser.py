"""Pages in a real browser, without a window."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
TRIES = 3  # on a busy machine a page may be dumped before its script has come to an end
#: Runs a test in a page that stands there, and writes its result or what went wrong into the page.
HARNESS = """
<pre id="result"></pre>
<script>
(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const key = (target, name) => target.dispatchEvent(
    new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  let result;
  try {
    await frame();
    result = { value: await (async () => { %s })() };
  } catch (error) {
    result = { error: String(error.stack) };
  }
  document.getElementById("result").textContent = JSON.stringify(result);
})();
</script>
"""


def in_browser(page: bytes, script: str, *flags: str, fragment: str = "") -> Any:
    """Return what a script returns that is run at the end of a page.

    It may use ``await frame()`` and ``key(element, name)``.
    """
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        pytest.skip("no Chromium: the page is not looked at in a browser")
    path = Path("page-in-browser.html").resolve()
    path.write_bytes(page.replace(b"</body>", (HARNESS % script).encode() + b"</body>"))
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=profile", "--virtual-time-budget=5000", *flags,
        "--dump-dom", f"{path.as_uri()}{fragment}",
    ]  # fmt: skip
    for _ in range(TRIES):
        shown = subprocess.run(command, capture_output=True, check=False, timeout=120)
        dom = shown.stdout.decode("utf-8")
        found = re.search(r'<pre id="result">(.+?)</pre>', dom, re.DOTALL)
        if found:
            break
    assert found, shown.stderr.decode()[-2000:]
    result = json.loads(html.unescape(found[1]))
    assert "error" not in result, result["error"]
    return result["value"]
