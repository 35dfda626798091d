"""A service on which people sign in, over a copy of a memory, for the evaluations that attack it."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from ingest.pool import Pool
from memory import catalogue, credentials, people
from memory.credentials import Minting
from memory.embed import Embedder
from memory.memory import Memory
from memory.people import Role, User
from memory.settings import DoorSettings
from service.app import create_app
from service.caller import COOKIE, csrf_of
from service.trail import Trail

_IDLE = 600
INTRANET = "https://intranet.example"
Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Guarded:
    """The service. Every role has a user of its name."""

    url: str
    memory: Memory
    trail: Trail

    def add(self, name: str, roles: Iterable[Role] = (Role.READER,), labels: Iterable[str] = ()) -> None:
        """Somebody who could sign in."""
        with self.memory.store.noting() as connection:
            people.add_user(connection, User(0, name, name, roles=frozenset(roles)))
            catalogue.grant(connection, name, labels)

    def session(self, name: str) -> Headers:
        """What somebody sends who has just signed in."""
        with self.memory.store.noting() as connection:
            secret = credentials.open_session(connection, people.named(connection, name), "local", seconds=3600)
        return {"Cookie": f"{COOKIE}={secret}", "X-CSRF-Token": csrf_of(secret)}

    def widget(self, name: str) -> Headers:
        """What the widget sends on a page that somebody reads."""
        with self.memory.store.noting() as connection:
            user = people.named(connection, name)
            session = credentials.hashed(credentials.open_session(connection, user, "local", seconds=3600))
            minting = Minting(user, INTRANET, session_hash=session)
            secret = credentials.mint(connection, minting, seconds=3600, ends_after=3600)
        return {"Authorization": f"Bearer {secret}", "Origin": INTRANET}

    def token(self, *abilities: str, labels: Iterable[str] = ("public",)) -> tuple[str, Headers]:
        """A program's key: its name, and what the program sends."""
        name = secrets.token_hex(8)
        with self.memory.store.noting() as connection:
            secret = credentials.add_token(connection, name, abilities=abilities, labels=labels, made_by="eval")
        return name, {"Authorization": f"Bearer {secret}"}


@contextmanager
def guarded(data: Path, embedder: Embedder, *origins: str) -> Iterator[Guarded]:
    """Serve a copy of the memory in `data` on loopback; the memory itself stays as it is.

    `origins`: of pages that may carry the widget.
    """
    with tempfile.TemporaryDirectory() as folder, Pool(2) as pool:
        shutil.copytree(data, Path(folder) / "data")
        memory = Memory(Path(folder) / "data", embedder)
        settings = DoorSettings(
            widget_origins=",".join((INTRANET, *origins)), asks_per_minute=10_000_000, upload_megabytes=1
        )
        app = create_app(memory, settings=settings, pool=pool, gate=64)
        # A busy machine leaves connections idle for long; a client that finds one closed would have to ask again.
        config = uvicorn.Config(app, port=0, log_level="error", ws="none", lifespan="off", timeout_keep_alive=_IDLE)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        made = Guarded(url, memory, app.state.door.trail)
        for role in Role:
            made.add(role, (role,))
        try:
            yield made
        finally:
            server.should_exit = True
            thread.join()
            app.state.door.jobs.close()
