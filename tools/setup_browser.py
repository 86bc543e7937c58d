"""Find a Chromium for the browser tests, or install Debian's; otherwise say in one sentence what to do.

Playwright's own browser build is not used: it is a second download, from elsewhere, outside the lock file.
Any Chromium, Chrome or Edge on the machine serves. `LANTERNE_CHROMIUM` names one that is elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
ADVICE = (
    "No Chromium found. Install Chromium, Chrome or Edge (Debian, Ubuntu: sudo apt-get install chromium), "
    "or set LANTERNE_CHROMIUM to the program's path, and start again."
)


def find() -> Path | None:
    """The browser to drive: `LANTERNE_CHROMIUM`, else the first found on the PATH or in the usual places."""
    named = os.environ.get("LANTERNE_CHROMIUM")
    if named:
        return Path(named) if Path(named).is_file() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return next((Path(place) for place in PLACES if Path(place).is_file()), None)


def install() -> None:
    """Install Debian's chromium package; only as root, where apt-get exists.

    Raises subprocess.CalledProcessError when apt-get fails (its own words are on the terminal by then).
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def main() -> int:
    """Exit code 0 with the browser's path printed, or 1 with the sentence."""
    found = find()
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if found is None and may_install and not os.environ.get("LANTERNE_CHROMIUM"):
        print("No Chromium found: installing Debian's.", flush=True)
        try:
            install()
        except subprocess.CalledProcessError as error:
            print(f"{ADVICE} (apt-get ended with {error.returncode})", file=sys.stderr)
            return 1
        found = find()
    if found is None:
        print(ADVICE, file=sys.stderr)
        return 1
    print(f"Browser: {found}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
