"""The nouns: document, version, page, passage, citation, answer. Frozen; dates are ISO 8601 days."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# What an answer is: verbatim from the documents; the closest that there is, and no more; nothing.
State = Literal["answered", "closest", "nothing"]


@dataclass(frozen=True, slots=True)
class Document:
    """A thing with a title, an owner and versions. `label`: who may see it; `custodian`: the post that answers."""

    id: int
    title: str
    collection: str
    label: str
    key: str | None = None
    kind: str | None = None
    department: str | None = None
    custodian: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One file of a document. `number` counts from 1; `status`: current, superseded, repealed, draft, withdrawn.

    `stated`: what the manifest and the file itself say of status and dates, before anything was extracted.
    """

    id: int
    document_id: int
    number: int
    sha256: str
    file_name: str
    media_type: str
    size: int
    status: str
    title: str
    authors: tuple[str, ...] = ()
    language: str | None = None
    created: str | None = None
    published: str | None = None
    in_force_from: str | None = None
    in_force_to: str | None = None
    identity: str | None = None
    ingested_at: str = ""
    parent_id: int | None = None
    extra: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    stated: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its slice of the page's text, and its box in points, origin at the page's top left."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a version; `number` counts from 1, `label` is what is printed on it."""

    version_id: int
    number: int
    text: str
    anchor: str
    label: str = ""
    width: float = 0.0
    height: float = 0.0
    picture: bool = False
    needs_ocr: bool = False
    ocr: bool = False
    confidence: float | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open slice of one page's text."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and cited. `text` is its spans' slices, verbatim, joined by line ends.

    `context` (title, heading path, table header) is searched with it and never quoted.
    """

    id: int
    version_id: int
    ordinal: int
    spans: tuple[Span, ...]
    text: str
    context: str
    heading: tuple[str, ...]
    ocr: bool

    @property
    def first_page(self) -> int:
        """The page that it begins on."""
        return self.spans[0].page

    @property
    def last_page(self) -> int:
        """The page that it ends on."""
        return self.spans[-1].page


@dataclass(frozen=True, slots=True)
class Scores:
    """Why a passage stands where it does: cosine, term score, late interaction, exact lookup, how far the question
    names its document, whether it is a rule where one is asked for, and their fusion.

    `coverage`: how much of the question's words, by their rarity, the passage has, 0 to 1 and a little more where they
    stand together. `dense` is None where the passage came from the terms alone, and the other way round.
    """

    fused: float
    dense: float | None = None
    terms: float | None = None
    late: float | None = None
    exact: float | None = None
    document: float | None = None
    rule: float | None = None
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with what it belongs to."""

    passage: Passage
    version: Version
    document: Document
    scores: Scores


@dataclass(frozen=True, slots=True)
class Also:
    """Another place that says nearly the same."""

    document_id: int
    title: str
    version: int
    page: int
    url: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A slice of a page: `text == page_text[start:end]`."""

    page: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and where it stands: `quote == page_text[start:end]`. `page` counts from 1.

    `excerpt`: what it stands in, for reading: the whole table or definition, or the passage with its neighbours.
    `answer_start` and `answer_end`: the words in it that answer who, when, how much or how many, in the page's text.
    """

    marker: int
    document_id: int
    title: str
    collection: str
    version: int
    file_name: str
    sha256: str
    page: int
    page_label: str | None
    section: str | None
    quote: str
    start: int
    end: int
    ocr: bool
    in_force_from: str | None
    in_force_to: str | None
    status: str
    url: str
    score: float
    passage_id: int | None
    custodian: str | None
    kind: str | None = None
    authority: int | None = None
    answer_start: int | None = None
    answer_end: int | None = None
    also_in: tuple[Also, ...] = ()
    excerpt: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What is said about an answer, with what proves it. `kind`: past, replaced, replaced_by, draft, amended.

    `text` names its citations by their markers; `source` "manifest" where no text says it.
    """

    kind: str
    text: str
    citations: tuple[Citation, ...]
    source: str = "text"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Texts in force that give one thing different values; the one of most authority, then the newest, first."""

    measure: str
    about: str
    values: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the asker gets. When not `supported`, `citations` is empty and `closest` holds what came nearest, if
    anything did. `reason`: why it is certain that the documents hold nothing (number, by-law, section, municipality,
    year), None where it is not.

    `as_of`: the day whose law it is; `read_as`: the words of the question that say so, None when it is today or
    the day was given with the question. The markers of notes and contradictions go on from those of the citations.
    """

    question: str
    supported: bool
    answer: str
    generated_by: str
    citations: tuple[Citation, ...]
    closest: tuple[Citation, ...]
    generation: int
    took_ms: float
    as_of: str | None = None
    read_as: str | None = None
    notes: tuple[Note, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    reason: str | None = None

    @property
    def state(self) -> State:
        """What it is."""
        return state_of(supported=self.supported, closest=bool(self.closest))


def state_of(*, supported: bool, closest: bool) -> State:
    """What an answer is that is supported, or that shows what came closest."""
    if supported:
        return "answered"
    return "closest" if closest else "nothing"
