import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.pipeline import Options, ingest
from ingest.report import Report
from memory import catalogue
from memory.access import Scope, Selection
from memory.embed import Embedder
from memory.errors import IngestRunning, Misuse
from memory.memory import Memory
from memory.verify import verify

FINE = "# Dog licences\n\nA dog licence costs R 85 a year and is bought at the cash hall in Station Road.\n"
RAISED = "# Dog licences\n\nA dog licence costs R 120 a year and is bought at the cash hall in Station Road.\n"
HALL = "# Halls\n\nThe deposit for the community hall is R 900, refunded within ten working days.\n"
EVERYTHING = Scope.operator()


def outcomes(report: Report) -> dict[str, str]:
    return {Path(file.path).name: file.outcome for file in report.files}


def quotes(memory: Memory, question: str, selection: Selection | None = None) -> list[str]:
    found = memory.search(question, selection or Selection.on(EVERYTHING))
    return [hit.passage.text for hit in found.hits]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "dogs.md").write_text(FINE, "utf-8")
    (folder / "halls.md").write_text(HALL, "utf-8")
    return folder


def test_second_ingest_embeds_nothing(memory: Memory, folder: Path) -> None:
    first, second = ingest(memory, [folder]), ingest(memory, [folder])
    assert outcomes(first) == {"dogs.md": "new", "halls.md": "new"}
    assert outcomes(second) == {"dogs.md": "unchanged", "halls.md": "unchanged"}
    assert (first.embedded, second.embedded) == (2, 0)


def test_touched_file_with_the_same_bytes_is_unchanged(memory: Memory, folder: Path) -> None:
    ingest(memory, [folder])
    os.utime(folder / "dogs.md", (1, 1))
    assert outcomes(ingest(memory, [folder]))["dogs.md"] == "unchanged"


def test_changed_file_becomes_a_new_version_and_the_old_one_is_superseded(memory: Memory, folder: Path) -> None:
    ingest(memory, [folder])
    (folder / "dogs.md").write_text(RAISED, "utf-8")
    assert outcomes(ingest(memory, [folder]))["dogs.md"] == "changed"
    with memory.store.reading() as connection:
        (dogs,) = (d for d in catalogue.list_documents(connection, EVERYTHING, limit=9) if d.title == "Dog licences")
        versions = catalogue.list_versions(connection, dogs.id)
    assert [(v.number, v.status) for v in versions] == [(1, "superseded"), (2, "current")]
    found = "\n".join(quotes(memory, "What does a dog licence cost?"))
    assert "R 120" in found
    assert "R 85" not in found


def test_same_bytes_under_two_names_are_one_version_with_two_paths(memory: Memory, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "copy of dogs.md").write_text(FINE, "utf-8")
    report = ingest(memory, [folder])
    assert sorted(outcomes(report).values()) == ["new", "new", "same"]
    with memory.store.reading() as connection:
        assert catalogue.counts(connection, EVERYTHING)["versions"] == 2


def test_change_of_one_of_two_copies_leaves_the_other_current(memory: Memory, folder: Path) -> None:
    (folder / "copy.md").write_text(FINE, "utf-8")
    ingest(memory, [folder])
    (folder / "copy.md").write_text(RAISED, "utf-8")
    ingest(memory, [folder])
    found = "\n".join(quotes(memory, "What does a dog licence cost?"))
    assert "R 85" in found
    assert "R 120" in found


def test_prune_withdraws_what_is_gone_and_a_returning_file_is_back(memory: Memory, folder: Path) -> None:
    ingest(memory, [folder])
    (folder / "dogs.md").unlink()
    assert "R 85" in "\n".join(quotes(memory, "dog licence"))
    assert outcomes(ingest(memory, [folder], Options(prune=True)))["dogs.md"] == "withdrawn"
    assert "R 85" not in "\n".join(quotes(memory, "dog licence"))
    (folder / "dogs.md").write_text(FINE, "utf-8")
    ingest(memory, [folder], Options(prune=True))
    assert "R 85" in "\n".join(quotes(memory, "dog licence"))


def test_prune_leaves_other_folders_alone(memory: Memory, folder: Path, tmp_path: Path) -> None:
    ingest(memory, [folder])
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("# Water\n\nWater is cut after sixty days.\n", "utf-8")
    ingest(memory, [other], Options(prune=True))
    assert "R 85" in "\n".join(quotes(memory, "dog licence"))


def test_a_new_access_label_takes_the_document_from_those_without_it(memory: Memory, folder: Path) -> None:
    ingest(memory, [folder])
    ingest(memory, [folder / "dogs.md"], Options(collection="documents", label="legal"))
    public = Selection.on(Scope.of({"public"}))
    assert "R 85" not in "\n".join(quotes(memory, "dog licence", public))
    assert "R 85" in "\n".join(quotes(memory, "dog licence", Selection.on(Scope.of({"legal"}))))


def test_unreadable_files_are_named_with_their_reason_and_do_not_stop_the_rest(memory: Memory, folder: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 8)
    (folder / "picture.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(64))
    report = ingest(memory, [folder])
    failed = {Path(file.path).name: (file.outcome, file.reason) for file in report.failures}
    assert set(failed) == {"broken.pdf", "picture.heic"}
    assert all(name in reason for name, (_, reason) in failed.items())
    assert outcomes(report)["dogs.md"] == "new"
    assert {Path(file.path).name for file in ingest(memory, [folder]).failures} == set(failed)


def test_attachment_becomes_a_document_of_its_own(memory: Memory, folder: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "clerk@example.org", "mm@example.org", "Tariff of charges"
    mail["Date"] = "Mon, 3 Jun 2019 09:00:00 +0200"
    mail.set_content("Please find the tariff attached.")
    mail.add_attachment(b"# Grave tariff\n\nAn adult grave costs R 2 310.\n", "text", "markdown", filename="graves.md")
    (folder / "mail.eml").write_bytes(bytes(mail))
    report = ingest(memory, [folder])
    assert outcomes(report)["mail.eml#graves.md"] == "new"
    hit = memory.search("What does an adult grave cost?", Selection.on(EVERYTHING)).hits[0]
    assert (hit.version.file_name, hit.version.parent_id is None) == ("graves.md", False)
    assert outcomes(ingest(memory, [folder], Options(prune=True)))["mail.eml"] == "unchanged"
    assert "R 2 310" in "\n".join(quotes(memory, "adult grave"))


def test_manifest_gives_versions_dates_labels_and_custodians(memory: Memory, folder: Path) -> None:
    (folder / "khumbula-manifest.csv").write_text(
        "path,document,version,title,custodian,access,in_force_from,in_force_to,status\n"
        "dogs.md,dogs,1,Dog licence tariff,Treasurer,public,2018-07-01,2019-06-30,superseded\n"
        "dogs-2.md,dogs,2,Dog licence tariff,Treasurer,public,2019-07-01,,current\n"
        "halls.md,halls,1,Hall tariff,,legal,,,current\n",
        "utf-8",
    )
    (folder / "dogs-2.md").write_text(RAISED, "utf-8")
    ingest(memory, [folder])
    public = Scope.of({"public"})
    assert ["R 120" in text for text in quotes(memory, "dog licence", Selection.on(public))] == [True]

    then = Selection.on(public, date(2019, 1, 1))
    assert ["R 85" in text for text in quotes(memory, "dog licence", then)] == [True]


def test_missing_path_and_empty_folder_are_misuse(memory: Memory, tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="no such file or folder"):
        ingest(memory, [tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(Misuse, match="no file there to ingest"):
        ingest(memory, [tmp_path / "empty"])


def test_second_ingest_at_once_is_told_that_one_is_running(memory: Memory, embedder: Embedder, folder: Path) -> None:
    second = Memory(memory.store.data, embedder)
    with memory.store.writing(), pytest.raises(IngestRunning, match="an ingest is running"):
        ingest(second, [folder])


def test_killed_ingest_loses_nothing_that_was_committed(tmp_path: Path, embedder: Embedder) -> None:
    folder, data = tmp_path / "documents", tmp_path / "data"
    folder.mkdir()
    for number in range(120):
        (folder / f"{number:03}.md").write_text(f"# Item {number}\n\n" + f"Erf {number} was sold. " * 60, "utf-8")
    for delay in (1.2, 1.6, 2.1):
        child = subprocess.Popen(
            [sys.executable, "-m", "service", "ingest", str(folder), "--data", str(data), "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
    memory = Memory(data, embedder, create=True)
    with memory.store.reading() as connection:
        before = catalogue.counts(connection, EVERYTHING)["documents"]
    report = ingest(memory, [folder])
    assert list(outcomes(report).values()).count("unchanged") >= before - 1
    with memory.store.reading() as connection:
        assert catalogue.counts(connection, EVERYTHING)["documents"] == 120
    assert verify(memory).problems == []
    assert json.dumps(report.to_json())
