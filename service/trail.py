"""What goes into the audit, and the setting of what does not."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from memory import audit, credentials
from memory.backup import AUDIT_KEY
from memory.store import Store
from service.caller import Caller


class Trail:
    """The audit of one service. In a folder that is read-only nothing can be kept, and nothing is.

    `questions`: whether their texts are kept; `days`: after how many entries are removed, None: never.
    """

    def __init__(self, store: Store, *, key: Path | None = None, questions: bool = True, days: int | None = None):
        self.store = store
        self.questions = questions
        self._days = days
        self.key = audit.open_chain(store, key or store.data / AUDIT_KEY) if store.writable else None
        self._swept = ""
        self._sweeping = threading.Lock()

    def note(self, connection: Connection, caller: Caller, action: str, **detail: Any) -> None:
        """Append within a transaction of `store.noting`: what is done and its entry stand or fall together."""
        if self.key is not None:
            audit.append(connection, self.key, caller.name, caller.via, action, detail)

    def noted(self, caller: Caller, action: str, **detail: Any) -> None:
        """Append in a transaction of its own."""
        if self.key is not None:
            with self.store.noting() as connection:
                self.note(connection, caller, action, **detail)

    def question(self, text: str) -> str | None:
        """The text of a question as far as it may be kept."""
        return text if self.questions else None

    def sweep(self) -> None:
        """Once a day: remove what has expired and what is older than it may become."""
        today = datetime.now(UTC)
        with self._sweeping:
            if self.key is None or self._swept == today.date().isoformat():
                return
            self._swept = today.date().isoformat()
        with self.store.noting() as connection:
            credentials.sweep(connection)
            if self._days is not None:
                before = (today - timedelta(days=self._days)).strftime("%Y-%m-%dT%H:%M:%SZ")
                audit.prune(connection, self.key, before)
