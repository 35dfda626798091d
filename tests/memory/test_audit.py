from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from memory import audit
from memory.audit import End, Verdict
from memory.backup import AUDIT_KEY, backup, restore
from memory.errors import MemoryUnusable, Misuse
from memory.store import Store, get_meta

ENTRIES = 12


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data", create=True)


def filled(store: Store, count: int = ENTRIES) -> bytes:
    """An audit of `count` entries; its key."""
    key = audit.open_chain(store, store.data / AUDIT_KEY)
    with store.noting() as connection:
        for number in range(count):
            audit.append(connection, key, f"user-{number % 3}", "session", "ask", {"question": f"What is {number}?"})
    return key


def verified(store: Store, key: bytes, expected: End | None = None) -> Verdict:
    with store.reading() as connection:
        return audit.verify(connection, key, expected)


def run(*statements: str) -> Callable[[Connection], None]:
    def change(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    return change


def swap(connection: Connection) -> None:
    """Two entries change places, numbers kept."""
    columns = ("at", "actor", "via", "action", "detail", "seal")
    rows = {
        n: connection.exec_driver_sql(f"SELECT {', '.join(columns)} FROM audit WHERE seq = {n}").one() for n in (4, 5)
    }
    for target, source in ((4, 5), (5, 4)):
        sets = ", ".join(f"{column} = ?" for column in columns)
        connection.exec_driver_sql(f"UPDATE audit SET {sets} WHERE seq = {target}", tuple(rows[source]))


def forged_end(connection: Connection) -> None:
    """The last entry goes, and the head is made to name the one before, without the key."""
    connection.exec_driver_sql(f"DELETE FROM audit WHERE seq = {ENTRIES}")
    seal = connection.exec_driver_sql(f"SELECT seal FROM audit WHERE seq = {ENTRIES - 1}").scalar()
    kept = get_meta(connection, "audit_head")
    forged = audit.canonical([ENTRIES - 1, seal, kept[-66:-2]])
    connection.exec_driver_sql("UPDATE meta SET value = ? WHERE key = 'audit_head'", (forged,))


TAMPERINGS: dict[str, Callable[[Connection], None]] = {
    "time changed": run("UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE seq = 3"),
    "actor changed": run("UPDATE audit SET actor = 'somebody' WHERE seq = 3"),
    "via changed": run("UPDATE audit SET via = 'token' WHERE seq = 3"),
    "action changed": run("UPDATE audit SET action = 'search' WHERE seq = 3"),
    "detail changed": run("UPDATE audit SET detail = '{}' WHERE seq = 3"),
    "detail spaced": run("UPDATE audit SET detail = replace(detail, ':', ': ') WHERE seq = 3"),
    "seal changed": run("UPDATE audit SET seal = replace(seal, '1', '2') WHERE seq = 3"),
    "number changed": run(f"UPDATE audit SET seq = 99 WHERE seq = {ENTRIES}"),
    "removed in the middle": run("DELETE FROM audit WHERE seq = 5"),
    "removed at the end": run(f"DELETE FROM audit WHERE seq > {ENTRIES - 3}"),
    "removed at the beginning": run("DELETE FROM audit WHERE seq < 4"),
    "removed whole": run("DELETE FROM audit"),
    "removed with its ends": run("DELETE FROM audit", "DELETE FROM meta WHERE key LIKE 'audit%'"),
    "added": run(
        f"INSERT INTO audit SELECT {ENTRIES + 1}, at, actor, via, action, detail, seal FROM audit WHERE seq = 2"
    ),
    "swapped": swap,
    "end removed": run("DELETE FROM meta WHERE key = 'audit_head'"),
    "start removed": run("DELETE FROM meta WHERE key = 'audit_start'"),
    "end forged": forged_end,
    "end is nonsense": run("UPDATE meta SET value = '[]' WHERE key = 'audit_head'"),
}


def test_chain_that_nobody_touched_is_untouched(store: Store) -> None:
    key = filled(store)
    found = verified(store, key)
    assert (found.entries, found.start, found.head.seq, found.faults) == (ENTRIES, End(0, "0" * 64), ENTRIES, ())
    with store.reading() as connection:
        entries = list(audit.entries(connection))
    assert [entry.seq for entry in entries] == list(range(1, ENTRIES + 1))
    assert entries[4].detail == '{"question":"What is 4?"}'


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_tampering_is_found_and_goes_on_being_found(store: Store, kind: str) -> None:
    key = filled(store)
    with store.noting() as connection:
        TAMPERINGS[kind](connection)
    assert verified(store, key).faults != ()
    for _ in range(2):
        with store.noting() as connection:
            audit.append(connection, key, "user", "session", "ask", {})
        assert verified(store, key).faults != ()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seq=st.integers(1, ENTRIES),
    column=st.sampled_from(["at", "actor", "via", "action", "detail", "seal"]),
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
)
def test_any_text_in_any_field_of_any_entry_is_found(tmp_path: Path, seq: int, column: str, text: str) -> None:
    store = Store(tmp_path / "data", create=True)
    key = filled(store, 0 if (store.data / AUDIT_KEY).exists() else ENTRIES)
    with store.noting() as connection:
        before = connection.exec_driver_sql(f"SELECT {column} FROM audit WHERE seq = {seq}").scalar()
        connection.exec_driver_sql(f"UPDATE audit SET {column} = ? WHERE seq = {seq}", (text,))
        assert bool(audit.verify(connection, key).faults) is (text != before)
        connection.exec_driver_sql(f"UPDATE audit SET {column} = ? WHERE seq = {seq}", (before,))
        assert audit.verify(connection, key).faults == ()


def test_chain_written_anew_with_the_key_is_found_by_a_head_noted_elsewhere(store: Store) -> None:
    key = filled(store)
    noted = verified(store, key).head
    assert verified(store, key, noted).faults == ()
    with store.noting() as connection:
        run("DELETE FROM audit", "DELETE FROM meta WHERE key LIKE 'audit%'")(connection)
    (store.data / AUDIT_KEY).rename(store.data / "key")
    audit.open_chain(store, store.data / AUDIT_KEY)
    (store.data / "key").replace(store.data / AUDIT_KEY)
    assert verified(store, filled(store, 0), noted).faults != ()


def test_retention_removes_what_is_old_and_leaves_a_chain_that_holds(store: Store) -> None:
    key = filled(store)
    with store.noting() as connection:
        assert audit.prune(connection, key, "2000-01-01T00:00:00Z") == 0
        assert audit.prune(connection, key, "9999-01-01T00:00:00Z") == ENTRIES
        audit.append(connection, key, "user", "session", "ask", {})
    found = verified(store, key)
    assert (found.entries, found.start.seq, found.head.seq, found.faults) == (2, ENTRIES, ENTRIES + 2, ())
    with store.noting() as connection:
        connection.exec_driver_sql(f"DELETE FROM audit WHERE seq = {ENTRIES + 1}")
    assert verified(store, key).faults != ()


def test_another_key_and_none_are_told(store: Store) -> None:
    filled(store)
    assert verified(store, b"0" * 32).faults != ()
    path = store.data / AUDIT_KEY
    path.write_text("nonsense")
    with pytest.raises(MemoryUnusable, match=r"is not the audit's key"):
        audit.open_chain(store, path)
    path.unlink()
    with pytest.raises(MemoryUnusable, match=r"the audit's key is gone"):
        audit.open_chain(store, path)


def test_backup_carries_the_key(store: Store, tmp_path: Path) -> None:
    key = filled(store)
    backup(store.data, tmp_path / "backup.tar")
    restore(tmp_path / "backup.tar", tmp_path / "again")
    again = Store(tmp_path / "again")
    assert audit.open_chain(again, again.data / AUDIT_KEY) == key
    assert verified(again, key) == verified(store, key)


def test_key_is_for_its_owner_alone(store: Store) -> None:
    filled(store)
    assert (store.data / AUDIT_KEY).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "12", "x:" + "0" * 64, "12:abc"])
def test_what_is_no_head_is_refused(text: Any) -> None:
    with pytest.raises(Misuse, match="is no head of an audit"):
        audit.parse_end(text)
