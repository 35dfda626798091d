"""The command line of who may come in: `khumbula users`, `khumbula tokens`, `khumbula audit`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from memory import audit as chain
from memory import catalogue, credentials, people
from memory.access import Scope
from memory.backup import AUDIT_KEY
from memory.errors import Misuse
from memory.people import LOCAL, User
from memory.settings import door_settings, settings
from memory.store import Store
from service import passwords
from service.caller import Ability, Caller
from service.terminal import AsJson, Data, err, out, print_json
from service.trail import Trail
from service.users import grant_from

users = typer.Typer(no_args_is_help=True, help="Accounts, and the roles, labels and posts that people hold.")
tokens = typer.Typer(no_args_is_help=True, help="Keys for other programs.")
audit = typer.Typer(no_args_is_help=True, help="Who asked what and was shown which passages.")
cli = typer.Typer()
for name, group in (("users", users), ("tokens", tokens), ("audit", audit)):
    cli.add_typer(group, name=name)

Roles = Annotated[list[str] | None, typer.Option("--role", help=f"one of {', '.join(people.Role)}; may be repeated")]
Labels = Annotated[list[str] | None, typer.Option("--label", help="an access label; may be repeated")]
Posts = Annotated[list[str] | None, typer.Option("--post", help="a post that answers for documents; may be repeated")]
Shown = Annotated[str | None, typer.Option("--name", help="as it is shown: Thandi Dlamini")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="read the password from stdin; else one is made")]

_OPERATOR = Caller(LOCAL, "", "cli", Scope.operator())


def _opened(data: Path | None, *, create: bool = False) -> tuple[Store, Trail]:
    store = Store(data or settings().data, create=create)
    chosen = door_settings()
    return store, Trail(store, key=chosen.audit_key, questions=chosen.audit_questions, days=chosen.audit_days)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(*columns, box=None)
    for row in rows:
        table.add_row(*row)
    out.print(table)


# Users


@users.command("load")
def load_users(
    file: Annotated[Path, typer.Argument(help="CSV with the columns user and label")], data: Data = None
) -> None:
    """Set which labels users hold, replacing what the users named in the file held."""
    store, trail = _opened(data, create=True)
    count = grant_from(store, file)
    trail.noted(_OPERATOR, "users.load", users=count)
    err.print(f"{count} users set.")


@users.command("add")
def add_user(
    user: str,
    data: Data = None,
    shown: Shown = None,
    role: Roles = None,
    label: Labels = None,
    post: Posts = None,
    password_stdin: FromStdin = False,
) -> None:
    """Add a local account. From the first one on everybody signs in."""
    store, trail = _opened(data, create=True)
    name = people.checked_name(user)
    password = _password(name, stdin=password_stdin)
    roles = people.checked_roles(role or [people.Role.READER])
    new = User(0, name, shown or name, password=password, roles=roles, posts=frozenset(post or ()))
    with store.noting() as connection:
        people.add_user(connection, new)
        if label is not None:
            catalogue.grant(connection, name, label)
        trail.note(connection, _OPERATOR, "user.add", user=name, roles=sorted(roles), labels=sorted(label or ()))


@users.command("set")
def set_user(
    user: str,
    data: Data = None,
    shown: Shown = None,
    role: Roles = None,
    label: Labels = None,
    post: Posts = None,
    disabled: Annotated[bool | None, typer.Option("--disable/--enable", help="whether he may sign in")] = None,
) -> None:
    """Change a user; what is given replaces what he held. It counts from his next request on."""
    store, trail = _opened(data)
    with store.noting() as connection:
        found = people.named(connection, user)
        changed = replace(
            found,
            shown=shown or found.shown,
            roles=people.checked_roles(role) if role is not None else found.roles,
            posts=frozenset(post) if post is not None else found.posts,
            disabled=found.disabled if disabled is None else disabled,
        )
        people.update_user(connection, changed)
        if label is not None:
            catalogue.grant(connection, found.name, label)
        trail.note(
            connection,
            _OPERATOR,
            "user.set",
            user=found.name,
            roles=sorted(changed.roles),
            posts=sorted(changed.posts),
            labels=sorted(catalogue.granted(connection, found.name)),
            disabled=changed.disabled,
        )


@users.command("password")
def set_password(user: str, data: Data = None, password_stdin: FromStdin = False) -> None:
    """Give a local account another password and sign it out everywhere; also ends a lock-out."""
    store, trail = _opened(data)
    with store.reading() as connection:
        found = people.named(connection, user)
    password = _password(found.name, stdin=password_stdin)
    with store.noting() as connection:
        people.update_user(connection, replace(people.named(connection, user), password=password))
        credentials.forget_failures(connection, found.name)
        ended = credentials.close_all(connection, found.id)
        trail.note(connection, _OPERATOR, "user.password", user=found.name, sessions=ended)


@users.command("sign-out")
def sign_out(user: str, data: Data = None) -> None:
    """End all sessions of a user, widgets included."""
    store, trail = _opened(data)
    with store.noting() as connection:
        found = people.named(connection, user)
        ended = credentials.close_all(connection, found.id)
        trail.note(connection, _OPERATOR, "user.sign-out", user=found.name, sessions=ended)
    err.print(f"{ended} sessions ended.")


@users.command("list")
def list_users(data: Data = None, as_json: AsJson = False) -> None:
    """Everybody who may sign in."""
    store, _ = _opened(data)
    with store.reading() as connection:
        held = [(user, catalogue.granted(connection, user.name)) for user in people.list_users(connection)]
    if as_json:
        kept_back = {"password", "subject"}
        print_json(
            [{k: v for k, v in asdict(u).items() if k not in kept_back} | {"labels": labels} for u, labels in held]
        )
        return
    rows = [
        (u.name, u.shown, ", ".join(sorted(u.roles)), ", ".join(sorted(labels)), "disabled" if u.disabled else "")
        for u, labels in held
    ]
    _table(("user", "name", "roles", "labels", ""), rows)


def _password(name: str, *, stdin: bool) -> str:
    """The hash of a password: from stdin, or of one that is made and told once."""
    if stdin:
        return passwords.hash_password(sys.stdin.readline().rstrip("\n"), name)
    made = passwords.fresh_password()
    out.print(f"Password of {name}, told this once: {made}", markup=False)
    return passwords.hash_password(made, name)


# Tokens


@tokens.command("add")
def add_token(
    name: str,
    ability: Annotated[list[str], typer.Option("--ability", help=f"one of {', '.join(Ability)}; may be repeated")],
    data: Data = None,
    label: Labels = None,
    days: Annotated[int | None, typer.Option(min=1, help="it ends after so many days; else when revoked")] = None,
) -> None:
    """Make a key for another program; it is printed once, and kept as a hash."""
    unknown = set(ability) - set(Ability)
    if unknown:
        raise Misuse(f"{', '.join(sorted(unknown))}: no such ability; there are {', '.join(Ability)}")
    store, trail = _opened(data)
    with store.noting() as connection:
        secret = credentials.add_token(
            connection, name, abilities=ability, labels=label or ["public"], made_by=LOCAL, days=days
        )
        trail.note(
            connection, _OPERATOR, "token.add", token=name, abilities=sorted(ability), labels=label or ["public"]
        )
    out.print(secret, markup=False)


@tokens.command("list")
def list_tokens(data: Data = None, as_json: AsJson = False) -> None:
    """All keys of programs, revoked ones too."""
    store, _ = _opened(data)
    with store.reading() as connection:
        found = credentials.list_tokens(connection)
    if as_json:
        print_json([asdict(token) | {"live": token.live} for token in found])
        return
    rows = [
        (t.name, ", ".join(sorted(t.abilities)), ", ".join(sorted(t.labels)), t.used_at or "never", _state(t))
        for t in found
    ]
    _table(("token", "abilities", "labels", "used", ""), rows)


def _state(token: credentials.Token) -> str:
    return "" if token.live else "revoked" if token.revoked_at else "expired"


@tokens.command("revoke")
def revoke_token(name: str, data: Data = None) -> None:
    """End a key and the widget tokens that it minted, from the next request on."""
    store, trail = _opened(data)
    with store.noting() as connection:
        credentials.revoke_token(connection, name)
        trail.note(connection, _OPERATOR, "token.revoke", token=name)


# Audit


@audit.command("verify")
def verify_audit(
    data: Data = None,
    head: Annotated[str | None, typer.Option(help="a head noted earlier, which must still be in the chain")] = None,
    as_json: AsJson = False,
) -> None:
    """Look for tampering: walks the whole chain."""
    store = Store(data or settings().data)
    key_file = door_settings().audit_key or store.data / AUDIT_KEY
    if not key_file.exists():
        raise Misuse(f"{key_file}: there is no audit's key, so there is no audit yet, or its key is gone")
    key = chain.read_key(key_file)
    with store.reading() as connection:
        found = chain.verify(connection, key, chain.parse_end(head) if head else None)
    if as_json:
        print_json(asdict(found))
    else:
        out.print(f"{found.entries} entries, from {found.start.seq + 1} to {found.head.seq}")
        out.print(f"head {found.head}", markup=False)
        for fault in found.faults:
            out.print(fault, markup=False)
        out.print("TAMPERED WITH" if found.faults else "untouched")
    if found.faults:
        raise typer.Exit(1)


@audit.command("export")
def export_audit(
    data: Data = None,
    since: Annotated[str | None, typer.Option(help="from this day on (2026-03-01)")] = None,
    until: Annotated[str | None, typer.Option(help="before this day")] = None,
) -> None:
    """Print entries as JSON, one a line."""
    store, trail = _opened(data)
    trail.noted(_OPERATOR, "audit.export", since=since, until=until)
    with store.reading() as connection:
        for entry in chain.entries(connection, since=since, until=until):
            shown = asdict(entry) | {"detail": json.loads(entry.detail)}
            sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
