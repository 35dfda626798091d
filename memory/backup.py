"""The whole memory in one file, and back: a tar of the catalogue (a consistent copy), originals, the audit's key."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

from memory.errors import MemoryUnusable, Misuse
from memory.store import CATALOGUE, Store

# Where the audit's key lies unless a setting says otherwise.
AUDIT_KEY = "audit.key"


def backup(data: Path, file: Path) -> None:
    """Write the memory in `data` to `file`; safe while others read and write. Caches are left out: they are rebuilt.

    Raises:
        Misuse: there is no memory in `data`.
    """
    Store(data)
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.part")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        copy_catalogue(data, Path(folder))
        try:
            # Originals are never changed nor removed, so those of the copied catalogue are all there.
            with tarfile.open(aside, "w") as tar:
                tar.add(Path(folder) / CATALOGUE, CATALOGUE)
                if (data / AUDIT_KEY).exists():
                    tar.add(data / AUDIT_KEY, AUDIT_KEY)
                # The municipality's own words, kinds and forms of minutes, beside the originals.
                for kept in ("*.toml", "houses/*.toml", "originals/[0-9a-f][0-9a-f]/*"):
                    for path in sorted(data.glob(kept)):
                        tar.add(path, str(path.relative_to(data)))
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)


def copy_catalogue(data: Path, folder: Path) -> None:
    """The catalogue of `data`, as it is now, in another folder.

    SQLite copies it: a process that opened and closed the file itself would give up the locks that it holds on it.
    """
    with closing(connect(data / CATALOGUE)) as source, closing(connect(folder / CATALOGUE)) as target:
        source.backup(target)


def restore(file: Path, data: Path) -> None:
    """Make the memory that `file` holds in `data`, which must hold none.

    Raises:
        Misuse: the file is no backup.
        MemoryUnusable: there is a memory in `data` already.
    """
    if (data / CATALOGUE).exists():
        raise MemoryUnusable(f"{data}: holds a memory already; restore into another folder")
    data.mkdir(parents=True, exist_ok=True)
    # Caches that some other catalogue left there could pass for this one's.
    shutil.rmtree(data / "caches", ignore_errors=True)
    try:
        with tarfile.open(file) as tar:
            if CATALOGUE not in tar.getnames():
                raise Misuse(f"{file}: is no backup of a memory: it holds no {CATALOGUE}")
            tar.extractall(data, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise Misuse(f"{file}: cannot be read as a backup: {error}") from error
    Store(data)
