"""The server process: loopback only while there is no sign-in, one fixed user, a port that is free."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from ipaddress import ip_address

from ingest.pool import Pool
from memory.access import Scope
from memory.errors import Misuse
from memory.memory import Memory

FIRST_QUESTION = "How many days in arrears before the electricity is cut off?"


def serve_forever(
    memory: Memory, *, host: str, port: int, user: str | None, gate: int, say: Callable[[str], None]
) -> None:
    """Serve until interrupted. `user` None: the operator, who sees everything.

    Raises:
        Misuse: `host` is not loopback, or the port is in use.
    """
    import uvicorn

    from service.app import create_app

    listener = _listener(host, port)
    memory.generation()
    address = f"http://{host}:{listener.getsockname()[1]}/"
    with Pool() as pool, listener:
        app = create_app(memory, scope=lambda _: _scope(memory, user), pool=pool, gate=gate)
        say(f"Khumbula is at {address}\nA first question to try: {FIRST_QUESTION}")
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=10, ws="none", lifespan="off"
        )
        uvicorn.Server(config).run(sockets=[listener])


def _scope(memory: Memory, user: str | None) -> Scope:
    return Scope.operator() if user is None else memory.scope_of(user)


def _listener(host: str, port: int) -> socket.socket:
    name = "127.0.0.1" if host == "localhost" else host
    try:
        loopback = ip_address(name).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise Misuse(f"{host}: without sign-in the service listens on loopback only; use 127.0.0.1")
    listener = socket.socket(socket.AF_INET6 if ":" in name else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((name, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Misuse(f"port {port} is in use; name another with --port") from error
        raise Misuse(f"{host}:{port}: {error.strerror}") from error
    return listener
