"""Makes corpus/files and its manifest from corpus/sources: `python corpus/make.py [--check] [--into DIR]`.

The same sources give the same bytes on any machine. Exit status 1 where a source is at fault, or where
`--check` finds a file that differs from what its source gives.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import sys
from collections.abc import Callable
from pathlib import Path

# Run as a script, the folder of this file is on the path and the checkout is not.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.make_source import MANIFEST_COLUMNS, Source, SourceFault, read_source
from corpus.render_akn import render_akn
from corpus.render_docx import render_docx
from corpus.render_mail import render_eml, render_mbox
from corpus.render_odf import render_odf
from corpus.render_pdf import render_pdf
from corpus.render_plain import render_html, render_md, render_rtf, render_txt
from corpus.render_scan import render_scan
from corpus.render_sheet import render_csv, render_xls, render_xlsx
from corpus.render_slides import render_pptx

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "sources"
FILES = ROOT / "files"
MANIFEST = "khumbula-manifest.csv"
RENDER: dict[str, Callable[[Source], bytes]] = {
    "docx": render_docx,
    "pptx": render_pptx,
    "xlsx": render_xlsx,
    "xls": render_xls,
    "csv": render_csv,
    "odt": render_odf,
    "ods": render_odf,
    "odp": render_odf,
    "rtf": render_rtf,
    "html": render_html,
    "md": render_md,
    "txt": render_txt,
    "mbox": render_mbox,
    "xml": render_akn,
}


class Corpus:
    """The sources by the file that they make; makes each file once."""

    def __init__(self, sources: list[Source]) -> None:
        self.sources = sources
        self.by_file = {source.file: source for source in sources}
        self.made: dict[str, bytes] = {}
        if len(self.by_file) < len(sources):
            names = sorted(source.file for source in sources)
            twice = {one for one, other in itertools.pairwise(names) if one == other}
            raise SourceFault(f"made by two sources: {', '.join(sorted(twice))}")

    def file(self, path: str) -> bytes:
        """The bytes of a made file.

        Raises: SourceFault where no source makes it.
        """
        if path not in self.by_file:
            raise SourceFault(f"{path}: attached, but no source makes it")
        if path not in self.made:
            self.made[path] = self._render(self.by_file[path])
        return self.made[path]

    def _render(self, source: Source) -> bytes:
        if source.suffix == "pdf":
            return self._pdf(source)
        if source.suffix == "eml":
            return render_eml(source, self.file)
        if source.suffix not in RENDER:
            raise SourceFault(f"{source.path}: no way to make a .{source.suffix} file")
        return RENDER[source.suffix](source)

    def _pdf(self, source: Source) -> bytes:
        attached = source.get("attach")
        content = render_pdf(source, (attached.rsplit("/", 1)[-1], self.file(attached)) if attached else None)
        return render_scan(source, content) if "scan" in source.yes else content

    def files(self) -> tuple[dict[str, bytes], list[str]]:
        """Every made file with the manifest, and the faults of the sources that made none."""
        files: dict[str, bytes] = {}
        rows: list[dict[str, str]] = []
        faults: list[str] = []
        for source in self.sources:
            try:
                files[source.file] = self.file(source.file)
                if source.get("akn"):
                    files[source.get("akn")] = render_akn(source)
            except SourceFault as fault:
                faults.append(str(fault))
                continue
            rows += source.manifest_rows()
        files[MANIFEST] = manifest(rows)
        return files, faults


def manifest(rows: list[dict[str, str]]) -> bytes:
    """The manifest's CSV, sorted by path."""
    out = io.StringIO()
    writer = csv.DictWriter(out, MANIFEST_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row["path"]))
    return out.getvalue().encode()


def read_sources(folder: Path) -> tuple[list[Source], list[str]]:
    """All sources below a folder, and the faults of those that cannot be read."""
    sources, faults = [], []
    for path in sorted(folder.rglob("*.md")):
        try:
            sources.append(read_source(path))
        except SourceFault as fault:
            faults.append(str(fault))
    return sources, faults


def write(files: dict[str, bytes], folder: Path) -> None:
    """Writes the files, and removes what no source makes any more."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
    for name in set(present(folder)) - set(files):
        (folder / name).unlink()


def present(folder: Path) -> list[str]:
    """The files below a folder, as paths with slashes."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def differences(files: dict[str, bytes], folder: Path) -> list[str]:
    """What `--check` finds: files that are missing, different or of no source."""
    found = []
    for name in sorted(set(files) | set(present(folder))):
        target = folder / name
        if name not in files:
            found.append(f"{name}: no source makes it; run corpus/make.py")
        elif not target.exists():
            found.append(f"{name}: missing; run corpus/make.py")
        elif target.read_bytes() != files[name]:
            found.append(f"{name}: differs from what its source gives; run corpus/make.py")
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where files differ")
    parser.add_argument("--into", type=Path, default=FILES, help="folder of the made files")
    parser.add_argument("--only", default="", help="make only files whose path holds this; removes nothing")
    given = parser.parse_args(arguments)
    sources, faults = read_sources(SOURCES)
    if given.only:
        return _make_some(Corpus(sources), given.only, given.into)
    files, more = Corpus(sources).files()
    faults += more
    if given.check:
        faults += differences(files, given.into)
    else:
        write(files, given.into)
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB", file=sys.stderr)
    return 1 if faults else 0


def _make_some(corpus: Corpus, part: str, into: Path) -> int:
    for source in corpus.sources:
        if part in source.file:
            target = into / source.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(corpus.file(source.file))
            print(source.file, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
