"""What a file is: by magic bytes, zip members, OLE streams and XML root element; by its name last."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from ingest.readers.encoding import decode_loosely, is_binary
from memory.errors import Damaged, ReadFailed, Unsupported

_HEAD = 65536
# pdf readers accept some junk before the header (PDF 32000-1, appendix H.3.4.1).
_PDF_HEADER_WITHIN = 1024

_MAGIC = [
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"{\\rt", "rtf"),
]
# What is told apart only to say so: magic bytes, their offset, the words for it.
_UNREADABLE = [
    (b"GIF8", 0, "GIF images; save it as PNG or PDF"),
    (b"BM", 0, "BMP images; save it as PNG or PDF"),
    (b"WEBP", 8, "WebP images; save it as PNG or PDF"),
    (b"ftyphei", 4, "HEIC images; save it as JPEG or PDF"),
    (b"ftypmif1", 4, "HEIC images; save it as JPEG or PDF"),
    (b"ftyp", 4, "video or sound; add a transcript"),
    (b"ID3", 0, "video or sound; add a transcript"),
    (b"OggS", 0, "video or sound; add a transcript"),
    (b"RIFF", 0, "video or sound; add a transcript"),
    (b"\x1a\x45\xdf\xa3", 0, "video or sound; add a transcript"),
    (b"Rar!", 0, "RAR archives; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", 0, "7-Zip archives; unpack it first"),
    (b"\x1f\x8b", 0, "gzip archives; unpack it first"),
    (b"BZh", 0, "bzip2 archives; unpack it first"),
    (b"ustar", 257, "tar archives; unpack it first"),
    (b"MZ", 0, "programs"),
    (b"\x7fELF", 0, "programs"),
    (b"SQLite format 3\x00", 0, "databases; export its tables as CSV"),
    (b"%!PS", 0, "PostScript; save it as PDF"),
    (b"AC10", 0, "AutoCAD drawings; save it as PDF"),
]
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COMPOUND = {"document": "doc", "slides": "ppt", "workbook": "xls", "message": "msg"}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ZIP_FOLDERS = [("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx")]
_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}

_SUFFIXES = {
    ".csv": "csv",
    ".doc": "doc",
    ".docm": "docx",
    ".docx": "docx",
    ".dotx": "docx",
    ".eml": "eml",
    ".htm": "html",
    ".html": "html",
    ".log": "text",
    ".markdown": "markdown",
    ".mbox": "mbox",
    ".md": "markdown",
    ".mht": "eml",
    ".mhtml": "eml",
    ".msg": "msg",
    ".odp": "odp",
    ".ods": "ods",
    ".odt": "odt",
    ".pdf": "pdf",
    ".potx": "pptx",
    ".ppsx": "pptx",
    ".ppt": "ppt",
    ".pptm": "pptx",
    ".pptx": "pptx",
    ".rtf": "rtf",
    ".tab": "tsv",
    ".text": "text",
    ".tsv": "tsv",
    ".txt": "text",
    ".xhtml": "html",
    ".xls": "xls",
    ".xlsm": "xlsx",
    ".xlsx": "xlsx",
    ".xltx": "xlsx",
}
_TEXTUAL = {"csv", "tsv", "text", "markdown", "html", "eml", "mbox"}

_ELEMENT = re.compile(r"<([\w.:-]+)")
# What may stand before the first element: how it begins and how it ends.
_PROLOGUE = [("<?", "?>"), ("<!--", "-->"), ("<!", ">")]
_HTML_ROOTS = {"html", "head", "body", "meta", "title", "frameset", "h1", "table", "div", "p"}
_MBOX_LINE = re.compile(r"From \S.*\d{4}\s*$", re.M)
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):")
_MAIL_HEADERS = {
    "bcc", "cc", "content-type", "date", "delivered-to", "from", "message-id", "mime-version", "received",
    "return-path", "subject", "to",
}  # fmt: skip
_KNOWN_HEADERS = 3
# Text, but nothing that a municipality would ask about.
_CODE = {
    ".bat", ".c", ".cfg", ".css", ".geojson", ".h", ".ics", ".ini", ".java", ".js", ".json", ".php", ".ps1",
    ".py", ".sh", ".sql", ".svg", ".toml", ".ts", ".vcf", ".xml", ".xsd", ".xsl", ".yaml", ".yml",
}  # fmt: skip


def detect(path: Path) -> str:
    """The format's name, a key of `ingest.readers.FORMATS`.

    Raises: Damaged (empty, or a broken container that names nothing), Locked (an encrypted Office file),
    Unsupported (known or unknown, but without a reader), ReadFailed (cannot be opened).
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ReadFailed(f"{path.name}: cannot be opened ({error.strerror})") from error
    if not head:
        raise Damaged(f"{path.name}: is empty")
    by_name = _SUFFIXES.get(path.suffix.lower(), "")
    return _by_magic(path, head, by_name) or _by_text(path, head, by_name)


def _by_magic(path: Path, head: bytes, by_name: str) -> str:
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        return "pdf"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(_ZIP):
        return _in_zip(path, by_name)
    if head.startswith(_OLE):
        return _in_ole(path, by_name)
    for magic, offset, words in _UNREADABLE:
        # Two letters are no proof: a note may well begin with "BM".
        if head.startswith(magic, offset) and (len(magic) > 2 or is_binary(head)):
            raise Unsupported(f"{path.name}: no reader for {words}")
    return ""


def _in_zip(path: Path, by_name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            for folder, kind in _ZIP_FOLDERS:
                if any(name.startswith(folder) for name in names):
                    return _not_binary_workbook(path, kind, names)
            if "mimetype" in names:
                return _by_mimetype(path, archive)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        if by_name and by_name not in _TEXTUAL:
            return by_name
        raise Damaged(f"{path.name}: is a broken zip archive ({error})") from error
    if by_name and by_name not in _TEXTUAL:
        return by_name
    raise Unsupported(f"{path.name}: no reader for zip archives; unpack it first")


def _not_binary_workbook(path: Path, kind: str, names: list[str]) -> str:
    if "xl/workbook.bin" in names:
        raise Unsupported(f"{path.name}: no reader for binary workbooks (XLSB); save it as XLSX")
    return kind


def _by_mimetype(path: Path, archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as member:
        declared = member.read(200).decode("latin-1").strip()
    for word, kind in _OPEN_DOCUMENT.items():
        if declared.startswith(f"application/vnd.oasis.opendocument.{word}"):
            return kind
    raise Unsupported(f"{path.name}: no reader for {declared}")


def _in_ole(path: Path, by_name: str) -> str:
    from ingest.readers.compound import content_of

    try:
        content = content_of(path)
    except Damaged:
        if by_name in _COMPOUND.values():
            return by_name
        raise
    if content not in _COMPOUND:
        raise Unsupported(f"{path.name}: no reader for this kind of OLE file; save it in a current format")
    return _COMPOUND[content]


def _by_text(path: Path, head: bytes, by_name: str) -> str:
    text = decode_loosely(head)
    root = _root(text)
    if root == "akomaNtoso":
        return "akn"
    if by_name == "markdown" or by_name == "eml":
        return by_name
    if root.lower() == "html" or text.lstrip().lower().startswith("<!doctype html"):
        return "html"
    if _MBOX_LINE.match(text) and _has_mail_headers(text.partition("\n")[2]):
        return "mbox"
    if by_name in _TEXTUAL or by_name == "pdf":
        return by_name
    if is_binary(head):
        raise _unknown(path, by_name)
    return _by_wording(path, text, root)


def _by_wording(path: Path, text: str, root: str) -> str:
    """For text under a name that says nothing, or something else."""
    if root.lower() in _HTML_ROOTS:
        return "html"
    if root and text.lstrip().startswith("<?xml"):
        raise Unsupported(f"{path.name}: no reader for XML of the kind <{root}>")
    if _has_mail_headers(text):
        return "eml"
    if path.suffix.lower() in _CODE:
        raise Unsupported(f"{path.name}: no reader for {path.suffix} files")
    return "text"


def _unknown(path: Path, by_name: str) -> ReadFailed:
    if by_name:
        return Damaged(f"{path.name}: is not a {by_name.upper()} file, whatever its name says")
    kind = f"{path.suffix} files" if path.suffix else "this kind of file"
    return Unsupported(f"{path.name}: no reader for {kind}")


def _root(text: str) -> str:
    """The local name of the first element where the text begins with one, else ""."""
    at = _after_blanks(text, 0)
    while ending := next((end for start, end in _PROLOGUE if text.startswith(start, at)), ""):
        # A document type may hold declarations of its own in brackets.
        inner = text.find("]", at) if ending == ">" and "[" in text[at : text.find(">", at)] else at
        found = text.find(ending, max(inner, at))
        if found < 0:
            return ""
        at = _after_blanks(text, found + len(ending))
    element = _ELEMENT.match(text, at)
    return element[1].rpartition(":")[2] if element else ""


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _has_mail_headers(text: str) -> bool:
    """Whether the first paragraph is a mail's header: nothing but fields, three of them well known."""
    known = 0
    for line in text.splitlines():
        if not line.strip():
            break
        field = _HEADER.match(line)
        if field is None and line[0] not in " \t":
            return False
        known += field is not None and field[1].lower() in _MAIL_HEADERS
    return known >= _KNOWN_HEADERS
