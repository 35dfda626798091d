"""The server process: loopback only while there is no sign-in, https off it, a port that is free."""

from __future__ import annotations

import errno
import gc
import socket
from collections.abc import Callable
from ipaddress import ip_address

from ingest.pool import Pool
from memory import people
from memory.access import Scope
from memory.errors import Misuse
from memory.memory import Memory
from memory.settings import DoorSettings
from service.logs import configure

# Seconds that a question waits for a place: a few who ask at the same moment are all answered.
_PATIENCE = 2.0
# Seconds that a connection is kept open for a next question: who asks every few seconds would else now and then send
# one just as it is closed.
_KEPT_OPEN = 75
FIRST_QUESTION = "How many days in arrears before the electricity is cut off?"


def serve_forever(
    memory: Memory,
    *,
    host: str,
    port: int,
    user: str | None,
    gate: int,
    settings: DoorSettings,
    say: Callable[[str], None],
) -> None:
    """Serve until interrupted; what is being answered then is finished.

    People sign in once there is an account or a provider; before, there is one local user: `user`, or None for the
    operator, who sees everything.

    Raises:
        Misuse: `host` is not loopback and there is no sign-in or no https, or the port is in use.
    """
    import uvicorn

    from service.app import create_app

    signs_in = settings.oidc_issuer != "" or _has_accounts(memory)
    if signs_in and user is not None:
        raise Misuse("--as is for a service without sign-in; here people sign in themselves")
    _check_host(host, settings, signs_in=signs_in)
    listener = _listener(host, port)
    memory.generation()
    # What is there now stays: the collector need not walk through it again and again under a question.
    gc.freeze()
    configure(settings.log)
    scope = None if signs_in else lambda _: _scope(memory, user)
    with Pool() as pool, listener:
        app = create_app(memory, scope=scope, settings=settings, pool=pool, gate=gate, patience=_PATIENCE)
        address = settings.public_url or f"http://{host}:{listener.getsockname()[1]}/"
        say(f"Khumbula is at {address}\nA first question to try: {FIRST_QUESTION}")
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            timeout_keep_alive=_KEPT_OPEN,
            timeout_graceful_shutdown=settings.stop_seconds,
            ws="none",
            lifespan="off",
            server_header=False,
            proxy_headers=settings.proxies != "",
            forwarded_allow_ips=settings.proxies,
        )
        app.state.door.jobs.resume()
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            app.state.door.jobs.close()


def _has_accounts(memory: Memory) -> bool:
    with memory.store.reading() as connection:
        return people.any_user(connection)


def _check_host(host: str, settings: DoorSettings, *, signs_in: bool) -> None:
    """Off loopback everybody signs in, and what is said is encrypted."""
    if _is_loopback(host):
        return
    if not signs_in:
        raise Misuse(
            f"{host}: without sign-in the service listens on loopback only; use 127.0.0.1, or add an account "
            "(khumbula users add NAME --role administrator) or a provider (KHUMBULA_OIDC_ISSUER)"
        )
    if not settings.public_url.startswith("https://"):
        raise Misuse(
            f"{host}: off loopback the service is reached by https, through a proxy that ends it; "
            "set KHUMBULA_PUBLIC_URL=https://... to the address that people use"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _scope(memory: Memory, user: str | None) -> Scope:
    return Scope.operator() if user is None else memory.scope_of(user)


def _listener(host: str, port: int) -> socket.socket:
    name = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    # With its protocol named asyncio turns Nagle off: else each answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((name, port))
        # From now on whoever comes waits until he is served, and is not turned away.
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Misuse(f"port {port} is in use; name another with --port") from error
        raise Misuse(f"{host}:{port}: {error.strerror}") from error
    return listener
