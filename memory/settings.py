"""Settings: parsed once, at the door, from arguments and KHUMBULA_* variables."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from memory.errors import Misuse

DEFAULT_MODEL = "all-MiniLM-L6-v2"


def _cache_home() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "khumbula"


class Settings(BaseSettings):
    """Every setting, with its default. `KHUMBULA_DATA=/srv/khumbula` sets `data`, and so on."""

    model_config = SettingsConfigDict(env_prefix="KHUMBULA_", extra="ignore")

    data: Path = Field(default=Path("data"), description="the memory's folder")
    model: str = Field(
        default=DEFAULT_MODEL, description="a sentence-transformers model: the default's name, or a folder"
    )
    model_cache: Path = Field(
        default_factory=_cache_home, description="where the converted model graph is kept between runs"
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="reader processes during an ingest"
    )
    gate: int = Field(default=8, ge=1, description="questions that may be under way at once before 503")


def settings() -> Settings:
    """The settings of this process.

    Raises:
        Misuse: a variable has a value that it cannot have.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"KHUMBULA_{'_'.join(map(str, first['loc'])).upper()}"
        raise Misuse(f"{name}={first['input']}: {first['msg']}") from error
