"""The one exception tree. Every message names the thing, the value and the remedy.

KhumbulaError
├── Misuse                what was asked cannot be done as asked (exit status 2)
├── MemoryUnusable        the memory's folder cannot be used: locked, read-only, newer, other model
│   └── IngestRunning     another process is writing to this memory
├── SignInRefused         somebody cannot be let in; the message is for him
├── NotFound              no such document, version, page or passage in the asker's scope
└── ReadFailed            a file gave no pages; `outcome` says of which kind
    ├── Locked            needs a password
    ├── Damaged           not what its name says, or broken beyond reading
    ├── Unsupported       no reader for this kind of file
    └── LimitExceeded     a reader went over its memory, time or output
"""

from typing import ClassVar


class KhumbulaError(Exception):
    """The root: anything that a user is told in one line."""


class Misuse(KhumbulaError):
    """What was asked cannot be done as asked."""


class MemoryUnusable(KhumbulaError):
    """The memory's folder cannot be used as it is."""


class IngestRunning(MemoryUnusable):
    """Another process holds the memory's write lock."""


class SignInRefused(KhumbulaError):
    """Somebody cannot be let in. `reason`: unfinished, password, disabled, role, name or provider."""

    def __init__(self, message: str, reason: str = "unfinished") -> None:
        super().__init__(message)
        self.reason = reason


class NotFound(KhumbulaError):
    """Nothing of that name in the asker's scope."""


class ReadFailed(KhumbulaError):
    """A file gave no pages."""

    outcome: ClassVar[str] = "failed"


class Locked(ReadFailed):
    """The file needs a password."""

    outcome: ClassVar[str] = "locked"


class Damaged(ReadFailed):
    """The file is broken, or not what its name says."""

    outcome: ClassVar[str] = "damaged"


class Unsupported(ReadFailed):
    """No reader for this kind of file."""

    outcome: ClassVar[str] = "unsupported"


class LimitExceeded(ReadFailed):
    """The reader went over its memory, time or output limit."""

    outcome: ClassVar[str] = "limit"
