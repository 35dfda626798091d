"""What is wrong with an installation, in plain words: each finding says what was looked at and what to do."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal

import httpx

from ingest.report import BAD
from memory import audit, catalogue, credentials, holdings, people
from memory.access import PUBLIC
from memory.backup import AUDIT_KEY
from memory.errors import KhumbulaError, Misuse
from memory.generations import Generations, reflects
from memory.model import needs_conversion
from memory.settings import DoorSettings, Settings
from memory.store import CATALOGUE, Store, get_meta
from service import mapping
from service.oidc import Provider
from service.signin import origin_of

_FREE_BYTES = 2 << 30
_WAL_BYTES = 1 << 30
_CLOCK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `level`: good, warning (works, should be looked at) or bad."""

    about: str
    level: Literal["good", "warning", "bad"]
    says: str


def findings(data: Path, settings: Settings, doors: DoorSettings) -> list[Finding]:
    """Look at everything; what fails is a finding, never an error."""
    looks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("model", lambda: _model(settings)),
        ("programs", _programs),
        ("folder", lambda: _folder(data)),
        ("disk", lambda: _disk(data)),
        ("address", lambda: _address(doors)),
        ("provider", lambda: _provider(doors)),
        ("widget", lambda: _widget(doors)),
    ]
    if (data / CATALOGUE).exists():
        looks += [
            ("catalogue", lambda: _catalogue(data)),
            ("sign-in", lambda: _sign_in(data, doors)),
            ("rights", lambda: _rights(data)),
            ("audit", lambda: _audit(data, doors)),
        ]
    return [finding for about, look in looks for finding in _looked(about, look)]


def _looked(about: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except (KhumbulaError, OSError) as error:
        yield Finding(about, "bad", str(error))


def _model(settings: Settings) -> Iterator[Finding]:
    if needs_conversion(settings.model, settings.model_cache):
        yield Finding("model", "warning", "the embedding model is converted at the first use, some ten seconds")
    else:
        yield Finding("model", "good", f"{settings.model} is ready")


def _programs() -> Iterator[Finding]:
    if shutil.which("soffice") is None and shutil.which("libreoffice") is None:
        yield Finding("programs", "warning", "LibreOffice is not installed: DOC and PPT files cannot be read")
    else:
        yield Finding("programs", "good", "LibreOffice is installed")


def _folder(data: Path) -> Iterator[Finding]:
    if not (data / CATALOGUE).exists():
        yield Finding("folder", "bad", f"{data}: no memory there yet; run khumbula ingest PATH --data {data}")
        return
    if not os.access(data, os.W_OK):
        yield Finding("folder", "bad", f"{data}: cannot be written to by this user; questions are answered, no more")
    loose = [path.name for path in (data, data / CATALOGUE) if path.stat().st_mode & stat.S_IRWXO]
    key = data / AUDIT_KEY
    if key.exists() and key.stat().st_mode & (stat.S_IRWXO | stat.S_IRWXG):
        yield Finding("folder", "bad", f"{key}: others can read the audit's key; run chmod 600 {key}")
    if loose:
        yield Finding("folder", "warning", f"{data}: every user of this machine can read it; run chmod -R o-rwx {data}")
    else:
        yield Finding("folder", "good", f"{data}: is kept from other users of this machine")


def _disk(data: Path) -> Iterator[Finding]:
    if not data.exists():
        return
    free = shutil.disk_usage(data).free
    told = f"{free / (1 << 30):.1f} GiB free"
    if free < _FREE_BYTES:
        yield Finding("disk", "bad", f"{told}; new files will soon fail: free some space")
    else:
        yield Finding("disk", "good", told)


def _catalogue(data: Path) -> Iterator[Finding]:
    store = Store(data)
    with store.reading() as connection:
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        failed = {k: n for k, n in holdings.outcomes(connection).items() if k in BAD}
        waiting = catalogue.counts(connection, catalogue.EVERYTHING)["pages_waiting_for_ocr"]
        opened = Generations(data / "caches").open()
        current = opened is not None and reflects(connection, opened.facts, get_meta(connection, "model"))
    yield (
        Finding("catalogue", "good", "the catalogue is sound")
        if sound == "ok"
        else Finding("catalogue", "bad", f"the catalogue is damaged ({sound}); restore a backup")
    )
    if not current:
        yield Finding("caches", "warning", "the search caches are behind or missing; the next start makes them anew")
    if failed:
        told = ", ".join(f"{count} {outcome}" for outcome, count in failed.items())
        yield Finding("files", "warning", f"files that could not be read: {told}; the administration says why")
    if waiting:
        yield Finding("files", "warning", f"{waiting} scanned pages wait for OCR; khumbula ingest reads them")
    wal = data / f"{CATALOGUE}-wal"
    if wal.exists() and wal.stat().st_size > _WAL_BYTES:
        yield Finding("catalogue", "warning", "a program holds an old state of the catalogue open; restart the service")


def _sign_in(data: Path, doors: DoorSettings) -> Iterator[Finding]:
    with Store(data).reading() as connection:
        accounts = people.list_users(connection, limit=100_000)
        expired = [t.name for t in credentials.list_tokens(connection) if not t.live and t.revoked_at is None]
    if not accounts and not doors.oidc_issuer:
        yield Finding("sign-in", "good", "no sign-in: one local user, on this machine alone")
        return
    yield _administrators(accounts, doors)
    if expired:
        yield Finding("sign-in", "warning", f"service tokens that have expired: {', '.join(expired)}")


def _administrators(accounts: list[people.User], doors: DoorSettings) -> Finding:
    if any(people.Role.ADMINISTRATOR in user.roles and not user.disabled for user in accounts):
        return Finding("sign-in", "good", f"{len(accounts)} users")
    try:
        groups = mapping.groups_with(people.Role.ADMINISTRATOR, doors.oidc_mapping) if doors.oidc_mapping else []
    except Misuse:
        # What is wrong with the file is a finding of its own.
        groups = []
    if doors.oidc_issuer and groups:
        return Finding("sign-in", "good", f"whoever of {', '.join(groups)} signs in becomes an administrator")
    says = "nobody is an administrator; khumbula users add NAME --role administrator, or give a group that role"
    return Finding("sign-in", "warning", says)


def _address(doors: DoorSettings) -> Iterator[Finding]:
    if not doors.public_url:
        yield Finding("address", "good", "no KHUMBULA_PUBLIC_URL: the service is for this machine alone")
        return
    origin = origin_of(doors.public_url)
    if origin.startswith("https://"):
        yield Finding("address", "good", f"reached as {origin}; cookies go by https alone")
    else:
        yield Finding("address", "warning", f"{origin}: without https others can read along; put a proxy before it")


def _provider(doors: DoorSettings) -> Iterator[Finding]:
    if not doors.oidc_issuer:
        return
    provider = Provider(doors)
    provider.metadata()
    yield Finding("provider", "good", f"{provider.issuer} answers; it must send people back to {provider.redirect_uri}")
    if doors.oidc_mapping is None:
        says = "no KHUMBULA_OIDC_MAPPING: whoever signs in reads what is public, and an administrator gives the rest"
        yield Finding("provider", "warning", says)
    else:
        yield Finding("provider", "good", f"{doors.oidc_mapping}: {mapping.check(doors.oidc_mapping)} rows")
    yield from _clock(provider.issuer)


def _clock(issuer: str) -> Iterator[Finding]:
    """A clock that is wrong makes good tokens look expired."""
    try:
        told = httpx.get(issuer + "/.well-known/openid-configuration", timeout=10).headers.get("date")
    except httpx.HTTPError:
        return
    if told and abs(parsedate_to_datetime(told).timestamp() - time.time()) > _CLOCK_SECONDS:
        yield Finding("clock", "bad", f"this machine's clock differs from the provider's ({told}); set it by NTP")


def _widget(doors: DoorSettings) -> Iterator[Finding]:
    origins = [origin_of(part) for part in doors.widget_origins.split(",") if part.strip()]
    if not origins:
        yield Finding("widget", "good", "no page elsewhere may carry the widget")
        return
    open_ones = [origin for origin in origins if origin.startswith("http://")]
    if open_ones:
        yield Finding("widget", "warning", f"{', '.join(open_ones)}: without https others can read along")
    else:
        yield Finding("widget", "good", f"may be carried by {', '.join(origins)}")


def _rights(data: Path) -> Iterator[Finding]:
    with Store(data).reading() as connection:
        held = holdings.label_holders(connection)
    nobodys = [one.label for one in held if one.documents and not one.users and one.label != PUBLIC]
    if nobodys:
        yield Finding("rights", "warning", f"labels of documents that no user holds: {', '.join(nobodys)}")
    else:
        yield Finding("rights", "good", "every label of a document is held by somebody")


def _audit(data: Path, doors: DoorSettings) -> Iterator[Finding]:
    path = doors.audit_key or data / AUDIT_KEY
    store = Store(data)
    with store.reading() as connection:
        if not path.exists() and not get_meta(connection, "audit_head"):
            yield Finding("audit", "good", "nothing to keep yet: the service has not run here")
            return
        found = audit.verify(connection, audit.read_key(path))
    if found.faults:
        yield Finding("audit", "bad", f"the audit was tampered with: {found.faults[0]}")
    else:
        yield Finding("audit", "good", f"{found.entries} entries, untouched")
