"""Settings: parsed once, at the door, from arguments and KHUMBULA_* variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from memory.errors import Misuse

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_S = TypeVar("_S", bound=BaseSettings)


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
    gate: int = Field(
        default_factory=lambda: max(2, os.cpu_count() or 1),
        ge=1,
        description="questions under way at once; eight times as many wait 2 s, then it is 503",
    )


class DoorSettings(BaseSettings):
    """How the service is reached and who may come in; like `Settings`, from KHUMBULA_* variables."""

    model_config = SettingsConfigDict(env_prefix="KHUMBULA_", extra="ignore")

    public_url: str = Field(
        default="", description="the address under which people reach the service, https off loopback"
    )
    proxies: str = Field(
        default="", description="addresses of reverse proxies whose X-Forwarded-For is believed, by commas"
    )
    session_hours: float = Field(default=10, gt=0, description="a session ends so long after the sign-in")
    idle_minutes: float = Field(default=120, gt=0, description="and when it was not used for so long")
    widget_origins: str = Field(
        default="", description="intranet addresses (https://host[:port]) that may carry the widget, by commas"
    )
    widget_seconds: int = Field(default=300, ge=1, le=3600, description="a widget's token lives so long, then renews")
    asks_per_minute: int = Field(default=60, ge=1, description="questions a user may ask a minute before 429")
    oidc_issuer: str = Field(default="", description="address of the OpenID provider; empty: local accounts alone")
    oidc_client_id: str = Field(default="", description="what the provider calls this service")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="what it proves itself with")
    oidc_name: str = Field(default="your municipal account", description="what the sign-in page calls the provider")
    oidc_scopes: str = Field(default="openid profile email", description="what is asked of the provider")
    oidc_groups: str = Field(default="groups", description="the claim that lists a user's groups")
    oidc_mapping: Path | None = Field(
        default=None, description="CSV file: which group gives which label, role and post"
    )
    audit_key: Path | None = Field(
        default=None, description="the file with the audit's key; else audit.key in the memory's folder"
    )
    audit_questions: bool = Field(default=True, description="whether the audit keeps the questions' texts")
    audit_days: int | None = Field(default=None, ge=1, description="entries older than so many days are removed")
    upload_megabytes: int = Field(default=200, ge=1, description="the largest file that may be uploaded")
    stop_seconds: int = Field(default=30, ge=0, description="how long a stop waits for answers that are under way")
    log: Literal["json", "plain"] = Field(default="plain", description="the log's form")


def settings() -> Settings:
    """The settings of this process.

    Raises:
        Misuse: a variable has a value that it cannot have.
    """
    return _parsed(Settings)


def door_settings() -> DoorSettings:
    """The settings of the service.

    Raises:
        Misuse: a variable has a value that it cannot have.
    """
    return _parsed(DoorSettings)


def _parsed(kind: type[_S]) -> _S:
    try:
        return kind()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"KHUMBULA_{'_'.join(map(str, first['loc'])).upper()}"
        raise Misuse(f"{name}={first['input']}: {first['msg']}") from error
