"""Resolve pyproject.toml into requirements.lock (what runs) and requirements-dev.lock (and what tests it).

The resolution is universal (Windows, macOS, Linux) and every file is pinned by SHA-256; no index host is
written, so a mirror serves as well. The resolver, uv, is not among our dependencies: it is put in build/ and
used there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESOLVER = "uv==0.13.9"
OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-header",
    "--quiet",
]


def resolve(resolver: Path, extra: str | None, target: str) -> None:
    """Write one lock file. Raises subprocess.CalledProcessError when requirements contradict each other."""
    chosen = ["--extra", extra] if extra else []
    command = [str(resolver), "pip", "compile", "pyproject.toml", *chosen, *OPTIONS, "-o", target]
    subprocess.run(command, cwd=ROOT, check=True)
    lines = (ROOT / target).read_text(encoding="utf-8").splitlines()
    hosts = [line for line in lines if "://" in line or line.startswith("--")]
    if hosts:
        sys.exit(f"{target} names a host or an option ({hosts[0]}): remove the setting that put it there.")


def main() -> None:
    """Install the resolver beside the project and write both files."""
    place = ROOT / "build" / "resolver"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(place), RESOLVER]
    if not place.exists():
        subprocess.run(pip, check=True)
    resolver = place / "bin" / ("uv.exe" if sys.platform == "win32" else "uv")
    resolve(resolver, None, "requirements.lock")
    resolve(resolver, "dev", "requirements-dev.lock")


if __name__ == "__main__":
    main()
