"""DOC and PPT of Office 97-2003, turned into DOCX and PPTX by LibreOffice where it is installed.

What the file is, its content says: under the names .doc and .ppt stand RTF, DOCX and workbooks as well.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.document import Reading
from ingest.readers import compound, docx, pptx, rtf, sheets
from ingest.readers.package import Package
from memory.errors import Damaged, LimitExceeded, Unsupported

TIME_LIMIT = 60.0  # seconds for one conversion, LibreOffice's own start included
FILE_LIMIT = 512 * 2**20  # bytes that the conversion may write

_PROGRAMS = ("soffice", "libreoffice")
_INSTALLED = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_TARGETS: dict[compound.Content, tuple[str, str, Callable[[Path], Reading]]] = {
    "document": ("docx", "docx:MS Word 2007 XML", docx.read),
    "slides": ("pptx", "pptx:Impress MS PowerPoint 2007 XML", pptx.read),
}
# LibreOffice's settings: no macro runs, no link is followed, nothing active is kept
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse">
<value>2</value></prop></item>
</oor:items>
"""


def read(path: Path) -> Reading:
    """The document or slides that the old file holds.

    Raises: Locked, Damaged, Unsupported (also where LibreOffice is not installed), LimitExceeded.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise Damaged(f"{path.name}: is empty (0 bytes)")
    if head.startswith(b"{\\rt"):
        return rtf.read(path)
    if head.startswith(b"PK"):
        return _read_package(path)
    if not head.startswith(compound.SIGNATURE):
        raise Damaged(f"{path.name}: is no Office 97-2003 file; open it in an office program and save it as DOCX")
    content = compound.content_of(path)
    if content == "workbook":
        return sheets.read(path)
    if content not in _TARGETS:
        compound.refuse(path, "a document or presentation")
    suffix, target, reader = _TARGETS[content]
    return _named(_convert(path, suffix, target, reader), path)


def _read_package(path: Path) -> Reading:
    with Package(path, "an Office file") as package:
        folders = {name.partition("/")[0] for name in package.names()}
    if "word" in folders:
        return docx.read(path)
    if "ppt" in folders:
        return pptx.read(path)
    return sheets.read(path)


def _convert(path: Path, suffix: str, target: str, reader: Callable[[Path], Reading]) -> Reading:
    program = office_program()
    if program is None:
        raise Unsupported(f"{path.name}: needs LibreOffice to be read; install it or save the file as {suffix.upper()}")
    with tempfile.TemporaryDirectory(prefix="khumbula-office-") as folder:
        work = Path(folder)
        source = work / f"source{'.doc' if suffix == 'docx' else '.ppt'}"
        shutil.copyfile(path, source)
        profile = work / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        arguments = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"),
            *("--convert-to", target, "--outdir", str(work / "out"), str(source)),
        ]
        _run(arguments, work, path.name)
        converted = work / "out" / f"source.{suffix}"
        if not converted.is_file():
            raise Damaged(f"{path.name}: is broken; LibreOffice cannot open it")
        return reader(converted)


def office_program() -> str | None:
    """Where LibreOffice is installed, None where it is not."""
    found = (shutil.which(name) for name in _PROGRAMS)
    return next((name for name in found if name), next((p for p in _INSTALLED if os.access(p, os.X_OK)), None))


def _run(arguments: Sequence[str], work: Path, name: str) -> None:
    """Runs LibreOffice in a process group of its own, which is ended whole when it takes too long."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(work),
        "TMPDIR": str(work),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
    }
    process = subprocess.Popen(
        arguments,
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_widen_limits,
    )
    try:
        process.wait(TIME_LIMIT)
    except subprocess.TimeoutExpired:
        raise LimitExceeded(f"{name}: LibreOffice took over {TIME_LIMIT:.0f} s to open it; save it as DOCX") from None
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _widen_limits() -> None:
    """Between fork and exec: LibreOffice maps more address space than a reader is allowed, within the hard limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = FILE_LIMIT if most == resource.RLIM_INFINITY else min(FILE_LIMIT, most)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))


def _named(reading: Reading, path: Path) -> Reading:
    """The notes with the name that the user knows instead of the converted file's."""
    notes = tuple(note.replace("source.docx", path.name).replace("source.pptx", path.name) for note in reading.notes)
    return replace(reading, notes=notes)
