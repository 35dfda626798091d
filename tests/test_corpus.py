"""The sample corpus: made again it is the same, it is as large and as mixed as it says, and it hangs together."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from lxml import etree

from corpus.make import FILES, MANIFEST, SOURCES, Corpus, differences, main, present, read_sources
from corpus.make_source import Source

RESOLUTION = re.compile(r"\b(?:EX|FC|MP|C) ?\d+/20\d\d\b")
AKN = {"akn": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}
# Words on a page of a municipal document set in 11 points.
WORDS_A_PAGE = 450
FORMATS = {
    "csv", "docx", "eml", "html", "mbox", "md", "odp", "ods", "odt",
    "pdf", "pptx", "rtf", "txt", "xls", "xlsx", "xml",
}  # fmt: skip


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    found, faults = read_sources(SOURCES)
    assert faults == []
    return found


@pytest.fixture(scope="module")
def manifest() -> list[dict[str, str]]:
    with (FILES / MANIFEST).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_making_the_corpus_again_gives_the_committed_bytes(sources: list[Source]) -> None:
    files, faults = Corpus(sources).files()
    assert faults == []
    assert differences(files, FILES) == []


def test_check_names_a_file_that_was_changed_by_hand(
    sources: list[Source], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = [source for source in sources if source.suffix in {"md", "txt"}]
    files, _ = Corpus(some).files()
    name = some[0].file
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(b"changed")
    (tmp_path / "stray.txt").write_bytes(b"")
    found = differences(files, tmp_path)
    assert f"{name}: differs from what its source gives; run corpus/make.py" in found
    assert "stray.txt: no source makes it; run corpus/make.py" in found
    assert main(["--only", name, "--into", str(tmp_path)]) == 0
    assert name in capsys.readouterr().err
    assert (tmp_path / name).read_bytes() == files[name]


def test_every_file_has_one_row_in_the_manifest(manifest: list[dict[str, str]]) -> None:
    assert [row["path"] for row in manifest] == [name for name in present(FILES) if name != MANIFEST]


def test_no_document_has_a_version_twice(manifest: list[dict[str, str]]) -> None:
    versions = Counter((row["document"], row["version"]) for row in manifest)
    assert [version for version, count in versions.items() if count > 1] == []


def test_versions_of_a_document_are_never_in_force_together(manifest: list[dict[str, str]]) -> None:
    clashes = []
    for document in {row["document"] for row in manifest}:
        rows = [row for row in manifest if row["document"] == document and row["in_force_from"]]
        rows.sort(key=lambda row: row["in_force_from"])
        for one, other in itertools.pairwise(rows):
            if not one["in_force_to"] or one["in_force_to"] >= other["in_force_from"]:
                clashes.append((one["path"], other["path"]))
    assert clashes == []


def test_the_corpus_is_as_large_and_as_mixed_as_it_should_be(
    sources: list[Source], manifest: list[dict[str, str]]
) -> None:
    years = {source.date.year for source in sources}
    words = sum(len(source.body.split()) for source in sources if source.suffix != "pdf")
    assert len({row["document"] for row in manifest}) >= 60
    assert _pdf_pages() + words // WORDS_A_PAGE >= 200
    assert max(years) - min(years) >= 12
    assert sum("scan" in source.yes for source in sources) >= 3
    assert {row["path"].rsplit(".", 1)[-1] for row in manifest} >= FORMATS
    assert Counter(row["language"] for row in manifest).keys() >= {"en", "zu", "af"}
    assert sum((FILES / name).stat().st_size for name in present(FILES)) < 12_000_000


def _pdf_pages() -> int:
    pages = 0
    for name in present(FILES):
        if name.endswith(".pdf"):
            with pdfium.PdfDocument(FILES / name) as document:
                pages += len(document)
    return pages


def test_restricted_documents_are_there_for_every_label(manifest: list[dict[str, str]]) -> None:
    labels = Counter(row["access"] for row in manifest)
    assert labels["council-closed"] >= 4
    assert labels["human-resources"] >= 3
    assert labels["finance"] >= 3
    assert labels["legal"] >= 2
    assert set(labels) == {"public", "finance", "human-resources", "legal", "council-closed"}


def test_every_resolution_that_is_mentioned_was_taken_in_the_minutes(sources: list[Source]) -> None:
    defined = set()
    for source in sources:
        if source.get("kind") == "minutes":
            # Between the number and its text nothing but marks of bold.
            defined |= set(re.findall(r"^\W*((?:EX|FC|MP|C)\d+/20\d\d)\b", source.body, re.MULTILINE))
    unresolved = {
        f"{source.path.name}: {number}"
        for source in sources
        for number in RESOLUTION.findall(source.body)
        if number.replace(" ", "") not in defined
    }
    assert sorted(unresolved) == []


def test_scans_hold_pictures_and_no_text(sources: list[Source]) -> None:
    for source in sources:
        if "scan" in source.yes:
            with pdfium.PdfDocument(FILES / source.file) as document:
                assert "".join(page.get_textpage().get_text_range() for page in document) == ""


def test_akoma_ntoso_tells_amendment_and_repeal() -> None:
    events = {
        path.stem: [
            (event.get("type"), event.get("date"))
            for event in etree.parse(path).iterfind(".//akn:lifecycle/akn:eventRef", AKN)
        ]
        for path in (FILES / "by-laws" / "akn").glob("*.xml")
    }
    assert len(events) >= 6
    assert events["refuse-removal-2013"] == [
        ("generation", "2013-11-22"),
        ("repeal", "2021-01-01"),
        ("generation", "2014-01-01"),
    ]
    assert ("amendment", "2019-02-01") in events["street-trading-2014-as-amended"]
    assert ("amendment", "2021-07-01") in events["keeping-of-animals-2015-as-amended"]


def test_ids_of_akoma_ntoso_elements_are_unique() -> None:
    for path in (FILES / "by-laws" / "akn").glob("*.xml"):
        ids = Counter(str(element.get("eId")) for element in etree.parse(path).iterfind(".//*[@eId]"))
        assert [name for name, count in ids.items() if count > 1] == []
