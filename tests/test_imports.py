"""Imports run one way, checked over the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"memory", "ingest", "service", "eval"}
MAY_IMPORT = {
    "memory": {"memory"},
    "ingest": {"memory", "ingest"},
    "service": {"memory", "ingest", "service", "eval"},
    "eval": {"memory", "ingest", "eval", "service"},
}
WEB = {"fastapi", "starlette", "uvicorn"}


def imported(path: Path) -> Iterator[str]:
    """The top-level package of every import of a module, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield path.relative_to(ROOT).parts[0] if node.level else (node.module or "").partition(".")[0]


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_package_imports_only_what_stands_below_it(package: str) -> None:
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imported(path)
        if name in (PACKAGES | {"tests", "corpus"}) - MAY_IMPORT[package]
    }
    assert found == set()


@pytest.mark.parametrize("package", ["memory", "ingest"])
def test_package_below_the_service_knows_no_web(package: str) -> None:
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imported(path)
        if name in WEB
    }
    assert found == set()


def test_only_the_service_knows_fastapi() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES - {"service"}
        for path in modules(package)
        if "fastapi" in imported(path)
    }
    assert found == set()
