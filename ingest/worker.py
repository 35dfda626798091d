"""The child that reads: one JSON request a line on stdin, one JSON answer a line on the first stdout.

Started by `ingest.child` as `python -m ingest.worker ADDRESS_SPACE FILE_SIZE PARENT` (bytes, process id).
Requests: {"task": "read"}, {"task": "ocr", "page"} or {"task": "picture", "page", "scale", "highlights"};
each with "path", "name" (for messages, and where the content does not say what it is) and "seconds" of
processor time.
Answers: {"outcome": "read", ...} or {"outcome": one of `memory.errors`, "message"}.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ingest.document import page_to_json, reading_to_json
from ingest.sandbox import allow_processor_time, confine
from memory.errors import Damaged, LimitExceeded, ReadFailed

# Below the service and whoever else works on the machine.
_NICENESS = 5


def main() -> None:
    """Take the pipes away from what parsers print to, confine the process, answer until stdin ends."""
    address_space, file_size, parent = (int(argument) for argument in sys.argv[1:4])
    requests, answers = _claim_pipes()
    weakness = confine(address_space=address_space, file_size=file_size, parent=parent)
    os.nice(_NICENESS)
    _send(answers, {"outcome": "ready", "weakness": weakness})
    for request in requests:
        _send(answers, answer(json.loads(request)))
        _reap()
        _give_memory_back()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what `request` says; a failure comes back as {"outcome", "message"}."""
    allow_processor_time(request["seconds"])
    path = Path(request["path"])
    name = request["name"]
    try:
        return {"outcome": "read", **_TASKS[request["task"]](path, request)}
    except ReadFailed as error:
        # A stored copy goes by its hash; whoever reads the message knows the file by its name.
        return _failure(type(error), str(error).replace(path.name, name))
    except MemoryError:
        return _failure(LimitExceeded, f"{name}: reading takes more memory than a reader may have")
    except RecursionError:
        return _failure(Damaged, f"{name}: is nested too deeply to be read")
    except OSError as error:
        return _system_failure(name, error)
    # The process border, and the one place for it: a parser may raise anything on a hostile file, and
    # whatever it is, the answer is that this file cannot be read and the next one is taken.
    except Exception as error:  # noqa: BLE001
        first_line = (str(error).splitlines() or [""])[0][:200]
        return _failure(Damaged, f"{name}: cannot be read ({type(error).__name__}: {first_line})")


def _read(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    from ingest.readers import read

    return {"reading": reading_to_json(read(path, request["name"]))}


def _ocr(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    from ingest.ocr import read_page

    return {"page": page_to_json(read_page(path, request["page"]))}


def _picture(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    from ingest.readers.pdf import picture

    highlights = [(x0, y0, x1, y1) for x0, y0, x1, y1 in request["highlights"]]
    png = picture(path, request["page"], request["scale"], highlights)
    return {"png": b64encode(png).decode("ascii")}


_TASKS: dict[str, Callable[[Path, dict[str, Any]], dict[str, Any]]] = {
    "read": _read,
    "ocr": _ocr,
    "picture": _picture,
}


def _failure(kind: type[ReadFailed], message: str) -> dict[str, Any]:
    return {"outcome": kind.outcome, "message": message}


def _system_failure(name: str, error: OSError) -> dict[str, Any]:
    reason = error.strerror or type(error).__name__
    if error.errno in (errno.ENOMEM, errno.EFBIG):
        return _failure(LimitExceeded, f"{name}: reading was stopped by a limit ({reason})")
    if error.errno in (errno.ENOENT, errno.EACCES, errno.EISDIR, errno.EIO):
        return _failure(ReadFailed, f"{name}: cannot be opened ({reason})")
    return _failure(Damaged, f"{name}: cannot be read ({reason})")


def _claim_pipes() -> tuple[Iterator[bytes], BinaryIO]:
    """The two pipes as private descriptors; 0, 1 and 2 then lead to the null device.

    No library that prints, no converter that is started, can write into the protocol or read from it.
    """
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    return requests, answers


def _send(answers: BinaryIO, record: dict[str, Any]) -> None:
    # A lone surrogate has no UTF-8 form: one "?" for it keeps every offset.
    answers.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    answers.flush()


def _reap() -> None:
    """Collect what ended below this process."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _give_memory_back() -> None:
    """Free heap goes back to the system: glibc keeps what one large page took, for good (malloc_trim(3))."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


if __name__ == "__main__":
    main()
