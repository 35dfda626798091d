"""An office file is a zip of XML parts: opened within limits, parsed without entities, network or external files.

OOXML packages and relationships (ECMA-376 part 2) and OpenDocument packages alike.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import unquote

from lxml import etree

from ingest.readers import compound
from memory.errors import Damaged, LimitExceeded, Locked

Element = etree._Element

MAX_UNPACKED = 512 * 2**20  # bytes, all parts together
MAX_RATIO = 300  # unpacked to packed; sparse sheets reach 100, a bomb 1,000
RATIO_FROM = 8 * 2**20  # bytes unpacked below which the ratio says nothing
MAX_PARTS = 20_000
MAX_TREE = 32 * 2**20  # bytes of one part parsed whole: tree and text take about twenty times as much

# What zipfile raises on archives that lie about themselves, beside BadZipFile
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    IndexError,
)
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/"
# Strict OOXML (ISO 29500-1) names its namespaces otherwise: those we read, and their transitional twins
_STRICT_TWINS = {
    _STRICT + b"wordprocessingml/main": _TRANSITIONAL + b"wordprocessingml/2006/main",
    _STRICT + b"spreadsheetml/main": _TRANSITIONAL + b"spreadsheetml/2006/main",
    _STRICT + b"presentationml/main": _TRANSITIONAL + b"presentationml/2006/main",
    _STRICT + b"drawingml/": _TRANSITIONAL + b"drawingml/2006/",
    _STRICT + b"officeDocument/relationships": _TRANSITIONAL + b"officeDocument/2006/relationships",
}
_MAIN_KINDS = {
    "document": "a Word document",
    "presentation": "a PowerPoint presentation",
    "workbook": "an Excel workbook",
}
_OTHER_PACKAGES = {
    "mimetype": "an OpenDocument or EPUB file",
    "xl/workbook.bin": "a binary workbook (XLSB), which is not read; save it as XLSX",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "xl/workbook.xml": "an Excel workbook",
    "index.xml": "an iWork document, which is not read; export it as PDF",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of one part: the last word of its type, and the part that it names ("" when external)."""

    kind: str
    part: str


class Package:
    """An open office zip; a context manager. Part names are compared without case, as OPC 6.3.5 has it."""

    def __init__(self, path: Path, wanted: str) -> None:
        """`wanted`: the format in words for messages ("a DOCX file").

        Raises: Locked, Damaged, LimitExceeded.
        """
        self.name = path.name
        self.notes: list[str] = []
        if path.stat().st_size == 0:
            raise Damaged(f"{path.name}: is empty (0 bytes)")
        if compound.is_compound(path):
            compound.refuse(path, wanted)
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN_ZIP as error:
            raise Damaged(f"{path.name}: is not {wanted}, or is cut off or broken ({error})") from error
        self._parts = {_part_name(i.filename): i for i in self._zip.infolist() if not i.is_dir()}
        self._check_sizes()
        self._check_sums()

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def _check_sizes(self) -> None:
        sizes = [(i.file_size, i.compress_size) for i in self._parts.values()]
        if len(sizes) > MAX_PARTS or sum(size for size, _ in sizes) > MAX_UNPACKED:
            raise LimitExceeded(f"{self.name}: unpacks to more than {MAX_UNPACKED // 2**20} MiB; not opened")
        if any(size > RATIO_FROM and size > MAX_RATIO * packed for size, packed in sizes):
            raise LimitExceeded(f"{self.name}: is packed more than {MAX_RATIO} times: a zip bomb; not opened")
        if not sizes:
            raise Damaged(f"{self.name}: is a zip file with nothing in it")

    def _check_sums(self) -> None:
        """Reads every XML part once: a wrong checksum anywhere means that the text cannot be trusted."""
        for name in self._parts:
            if name.endswith((".xml", ".rels")):
                with self.stream(name) as stream:
                    try:
                        while stream.read(2**20):
                            pass
                    except _BROKEN_ZIP as error:
                        raise self._damaged(name, error) from error

    def _damaged(self, part: str, error: BaseException) -> Damaged:
        reason = (str(error) or type(error).__name__).splitlines()[0][:160]
        return Damaged(f"{self.name}: its part {part} is broken ({reason})")

    def names(self) -> list[str]:
        """The names of all parts, in lower case, in the order of the archive."""
        return list(self._parts)

    def has(self, part: str) -> bool:
        """Whether the part is there."""
        return _part_name(part) in self._parts

    def stream(self, part: str) -> IO[bytes]:
        """The part, to be read piecewise. Raises: Damaged, Locked."""
        info = self._parts.get(_part_name(part))
        if info is None:
            raise Damaged(f"{self.name}: its part {part} is missing")
        if info.flag_bits & 1:
            raise Locked(f"{self.name}: is a zip file with a password; remove it and ingest again")
        try:
            return self._zip.open(info)
        except _BROKEN_ZIP as error:
            raise self._damaged(part, error) from error

    def read(self, part: str, limit: int = MAX_TREE) -> bytes:
        """The part's bytes. Raises: Damaged; LimitExceeded when there are more than `limit`."""
        with self.stream(part) as stream:
            try:
                content = stream.read(limit + 1)
            except _BROKEN_ZIP as error:
                raise self._damaged(part, error) from error
        if len(content) > limit:
            raise LimitExceeded(f"{self.name}: its part {part} is over {limit // 2**20} MiB; split the file")
        return content

    def xml(self, part: str) -> Element:
        """The part's root element. Raises: Damaged when it is missing or no XML."""
        try:
            return parse_xml(self.read(part))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._damaged(part, error) from error

    def optional_xml(self, part: str | None) -> Element | None:
        """As `xml`; None for no part, and None with a note for one that is missing or broken."""
        if part is None:
            return None
        try:
            return self.xml(part)
        except Damaged as error:
            self.notes.append(str(error))
            return None

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of `part` ("" for the package's own) by their id."""
        folder, _, base = part.rpartition("/")
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        root = self.optional_xml(rels) if self.has(rels) else None
        found: dict[str, Relation] = {}
        for element in root if root is not None else ():
            kind = (element.get("Type") or "").rpartition("/")[2]
            external = element.get("TargetMode") == "External"
            target = "" if external else resolve(part, element.get("Target") or "")
            found[element.get("Id") or ""] = Relation(kind, target)
        return found

    def main(self, kind: str, fallback: str) -> tuple[str, Element] | None:
        """The main part and its root, of the kind "document", "presentation" or "workbook"; None without any.

        Raises: Damaged when the package holds a document of another kind.
        """
        named = [*self.related("", "officeDocument"), fallback]
        part = next((name for name in named if self.has(name)), None)
        if part is None:
            others = next((words for name, words in _OTHER_PACKAGES.items() if self.has(name)), None)
            if others:
                raise Damaged(f"{self.name}: is {others}; rename it accordingly")
            return None
        root = self.xml(part)
        found = etree.QName(root).localname
        if found in _MAIN_KINDS and found != kind:
            raise Damaged(f"{self.name}: holds {_MAIN_KINDS[found]}; rename it accordingly")
        return (part, root) if found == kind else None

    def related(self, part: str, kind: str) -> list[str]:
        """The names of the parts that `part` refers to by relationships of this kind, those that exist."""
        relations = self.relations(part).values()
        return [r.part for r in relations if r.kind == kind and self.has(r.part)]


def parse_xml(content: bytes) -> Element:
    """The root of an XML document; entities stay unresolved, nothing is fetched.

    Raises: lxml.etree.XMLSyntaxError.
    """
    if _STRICT in content:
        for strict, transitional in _STRICT_TWINS.items():
            content = content.replace(strict, transitional)
    return etree.fromstring(content, safe_parser())


def safe_parser() -> etree.XMLParser:
    """A parser that resolves no entity, loads no DTD and opens no connection.

    An entity that is declared but undefined to it (an external one) is left out instead of an error.
    """
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def resolve(part: str, target: str) -> str:
    """The name of the part that a relationship of `part` targets (RFC 3986, without leaving the package)."""
    target = unquote(target.replace("\\", "/").partition("#")[0])
    joined = target if target.startswith("/") else posixpath.join("/", posixpath.dirname(part), target)
    return posixpath.normpath(joined).lstrip("/")


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
