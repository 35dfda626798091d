"""From which commit figures come."""

from __future__ import annotations

import subprocess
from pathlib import Path

_ROOT = Path(__file__).parent.parent


def commit() -> str | None:
    """The commit's short name, with "+" where the code of the packages differs from it; None outside a repository."""
    named = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "memory", "ingest", "service", "eval/*.py")
    return named and named + ("+" if changed else "")


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=_ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
