"""What a quote stands in: whole tables, whole definitions, neighbouring passages; every slice as the page has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import Options, ingest
from memory import catalogue
from memory.access import Scope, Selection
from memory.memory import Memory
from memory.records import Citation
from service.answer import answer
from service.excerpts import LONGEST

SELECTION = Selection.on(Scope.operator())
FINES = "\n".join(f"| Offence number {n} against the by-law | R{n * 50} |" for n in range(1, 31))
DEFINITIONS = "\n".join(
    f'"{word}" means a {word} that {"stands in a street and " * 12}is old;\n' for word in ("barrow", "cart", "wagon")
)
FILES = {
    "fines.md": "# Schedule of fines\n\n| Offence | Fine |\n|---|---|\n"
    f"| Riding a unicycle on the stoep | R70 |\n{FINES}\n",
    "words.md": f"# Definitions\n\nIn this By-law, unless the context shows otherwise\n\n{DEFINITIONS}",
    "rules.md": "# Rules of the swimming pool\n\n"
    + "\n\n".join(
        f"Swimmers of group {n} leave the pool when the whistle of the attendant blows {n} times. "
        + "The water is tested daily. " * 12
        for n in range(1, 6)
    ),
}


@pytest.fixture
def asked(memory: Memory, tmp_path: Path) -> Callable[[str], Citation]:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    ingest(memory, [folder], Options(collection="rules"))

    def ask(question: str) -> Citation:
        found = answer(memory, question, SELECTION)
        cited = (*found.citations, *found.closest)[0]
        with memory.store.reading() as connection:
            version = catalogue.get_version(connection, cited.document_id, cited.version, Scope.operator())
            assert version is not None
            texts = catalogue.page_texts(connection, version[1].id, [part.page for part in cited.excerpt])
            assert all(texts[part.page][part.start : part.end] == part.text for part in cited.excerpt)
        return cited

    return ask


def test_row_brings_the_whole_table_with_its_header(asked: Callable[[str], Citation]) -> None:
    cited = asked("What is the fine for riding a unicycle on the stoep?")
    rows = "\n".join(part.text for part in cited.excerpt).splitlines()
    assert "Riding a unicycle on the stoep" in cited.quote
    assert rows[0].replace("|", " ").split() == ["Offence", "Fine"]
    assert sum("Offence number" in row for row in rows) == 30
    assert sum(len(part.text) for part in cited.excerpt) <= LONGEST


def test_definition_ends_where_the_next_begins(asked: Callable[[str], Citation]) -> None:
    cited = asked("What does cart mean?")
    whole = " ".join(part.text for part in cited.excerpt)
    assert whole.startswith('"cart" means a cart that')
    assert whole.endswith("is old;")
    assert "barrow" not in whole
    assert "wagon" not in whole


def test_neighbours_that_were_found_too_make_one_excerpt(asked: Callable[[str], Citation]) -> None:
    cited = asked("When do swimmers of group 3 leave the pool?")
    assert "group 3" in cited.quote
    (whole,) = cited.excerpt
    assert whole.start <= cited.start < cited.end <= whole.end
    assert sum(f"Swimmers of group {n}" in whole.text for n in range(1, 6)) > 1
    assert len(whole.text) <= LONGEST
