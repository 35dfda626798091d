"""What goes over HTTP, as pydantic models. What is unknown is null; days are ISO 8601; pages count from 1."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, computed_field

from memory.records import Hit, Passage, State, state_of
from service.citing import page_url

QUESTION = "How many days in arrears before the electricity is disconnected?"
LARGEST_ID = 2**63 - 1

_CITATION: dict[str, JsonValue] = {
    "marker": 1,
    "document_id": 12,
    "title": "Credit Control and Debt Collection Policy",
    "collection": "policies",
    "version": 4,
    "file_name": "credit-control-policy-2023.pdf",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "page": 5,
    "page_label": "5",
    "section": "7 Disconnection",
    "quote": "The supply is disconnected when an account is 60 days in arrears.",
    "start": 810,
    "end": 875,
    "ocr": False,
    "in_force_from": "2023-07-01",
    "in_force_to": None,
    "status": "current",
    "url": "/?document=12&version=4&page=5&passage=381&start=810&end=875",
    "score": 1.31,
    "passage_id": 381,
    "custodian": "Chief Financial Officer",
}


class Shape(BaseModel):
    """Made from the memory's own records."""

    model_config = ConfigDict(from_attributes=True)


def _encodable(text: str) -> str:
    """JSON can carry half of a character ("\\ud800"), which is no text."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("is not valid Unicode text") from error
    return text


Words = Annotated[str, AfterValidator(_encodable)]


class Question(BaseModel):
    """A question, and from when and where it is to be answered."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": QUESTION, "as_of": "2024-03-01", "limit": 3}]}
    )

    question: Words = Field(description="In your own words; at most 2,000 characters.")
    as_of: date | None = Field(None, description="The day whose rules count; today when null.")
    collection: Words | None = Field(None, description="Answer from this collection alone.")
    limit: int = Field(3, ge=1, le=20, description="Citations at most.")
    keep: bool = Field(False, description="Keep question and answer in your history.")
    conversation: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="Your conversation that this goes on with; it is kept there."
    )
    alone: bool = Field(False, description="Take the words alone, also where they lean on the question before.")


class SuggestionList(BaseModel):
    """Questions to begin with; empty where nothing fits."""

    questions: list[str] = Field(examples=[["What does the Water Services By-law say about waste of water?"]])


class AlsoShape(Shape):
    """Another place that says nearly the same."""

    document_id: int
    title: str
    version: int
    page: int
    url: str


class ExcerptShape(Shape):
    """A slice of a page: `text` is the page's from `start` to `end`."""

    page: int
    start: int
    end: int
    text: str


class CitationShape(Shape):
    """A verbatim quote and where it stands: `quote` is the page's text from `start` to `end`."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_CITATION]})

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
    kind: str | None = Field(None, description="Of the document.", examples=["policy"])
    authority: int | None = Field(None, description="Of its kind; the higher counts more.", examples=[60])
    answer_start: int | None = Field(None, description="Where the words begin that answer who, when or how much.")
    answer_end: int | None = Field(None, description="Where they end; both in the page's text.")
    also_in: list[AlsoShape] = Field([], description="Other places that say nearly the same.")
    excerpt: list[ExcerptShape] = Field(
        [], description="What the quote stands in: the whole table or definition, or the passage with its neighbours."
    )


class NoteShape(Shape):
    """What is said about an answer. `text` names its citations by their markers."""

    kind: str = Field(description="past, replaced, replaced_by, draft", examples=["replaced"])
    text: str
    citations: list[CitationShape]
    source: str = Field(description="text; manifest or question where no text says it", examples=["text"])


class ContradictionShape(Shape):
    """Texts in force that give one thing different values; the one of most authority first."""

    measure: str = Field(examples=["amount"])
    about: str
    values: list[str]
    citations: list[CitationShape]


class AnswerShape(Shape):
    """An answer. When not `supported`, `citations` is empty and `closest` holds what came nearest, if anything did."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "question": QUESTION,
                    "supported": True,
                    "state": "answered",
                    "answer": "The supply is disconnected when an account is 60 days in arrears. [1]",
                    "generated_by": "extractive",
                    "citations": [_CITATION],
                    "closest": [],
                    "generation": 3,
                    "took_ms": 11.8,
                }
            ]
        },
    )

    question: str
    supported: bool
    answer: str
    generated_by: str
    citations: list[CitationShape]
    closest: list[CitationShape]
    generation: int
    took_ms: float
    as_of: str | None = Field(None, description="The day whose rules count.", examples=["2024-03-01"])
    read_as: str | None = Field(None, description="The question's words that name the day; null when it was given.")
    notes: list[NoteShape] = []
    contradictions: list[ContradictionShape] = []
    reason: str | None = Field(
        None,
        description="Why it is certain that the documents hold nothing: number, by-law, section, municipality, year.",
    )
    asked_as: str | None = Field(None, description="What was looked up, where it is more than the question.")
    conversation_id: int | None = Field(None, description="The conversation in which it is kept.")
    turn_id: int | None = Field(None, description="Under which it is kept.")

    @computed_field(description="answered; closest: no more than what comes closest; nothing")  # type: ignore[prop-decorator]
    @property
    def state(self) -> State:
        """Told from the rest, so that answers kept before it was told have it too."""
        return state_of(supported=self.supported, closest=bool(self.closest))


class ScoresShape(Shape):
    """Why a passage stands where it does: cosine, term score, late interaction, exact lookup, whether the question
    names the document, whether it is a rule where one is asked for, and their fusion."""

    fused: float
    dense: float | None
    terms: float | None
    late: float | None
    exact: float | None
    document: float | None
    rule: float | None


class StageShape(Shape):
    """What one stage of the search said of a passage."""

    name: str = Field(description="dense, terms, late, exact, document or rule", examples=["dense"])
    score: float | None
    rank: int | None = Field(description="Among all candidates, from 1.")
    weight: float
    adds: float = Field(description="Its part of the fused score.")


class ReadingShape(Shape):
    """How a question was understood, and what was searched."""

    text: str = Field(description="The question with slips corrected.")
    words: str = Field(description="What was searched for by its words.")
    language: str
    corrections: list[tuple[str, str]]
    expansions: list[tuple[str, str]]
    beside: list[str] = Field(
        description="Words of the phrasebook that were searched for beside those of the question."
    )
    references: list[str]
    periods: list[str]
    as_of: str
    collection: str | None
    versions: int = Field(description="Versions that the asker may see and that the filters leave.")
    candidates: int


class ResultShape(Shape):
    """A passage found."""

    passage_id: int
    document_id: int
    title: str
    collection: str
    version: int
    file_name: str
    page: int = Field(description="The page that it begins on.")
    page_label: str | None
    last_page: int
    section: str | None
    text: str
    url: str
    scores: ScoresShape
    status: str
    in_force_from: str | None
    in_force_to: str | None
    ocr: bool
    stages: list[StageShape] | None = Field(default=None, description="Where an explanation is asked for.")


def section(passage: Passage) -> str | None:
    """The passage's heading path on one line."""
    return " › ".join(passage.heading) or None


def result_of(hit: Hit, page_label: str | None = None) -> ResultShape:
    """A hit as it is shown. `page_label`: what is printed on the page that it begins on."""
    passage, version, document = hit.passage, hit.version, hit.document
    return ResultShape(
        passage_id=passage.id,
        document_id=document.id,
        title=version.title or document.title,
        collection=document.collection,
        version=version.number,
        file_name=version.file_name,
        page=passage.first_page,
        page_label=page_label,
        last_page=passage.last_page,
        section=section(passage),
        text=passage.text,
        url=page_url(document.id, version.number, passage.spans[0], passage.id),
        scores=ScoresShape.model_validate(hit.scores),
        status=version.status,
        in_force_from=version.in_force_from,
        in_force_to=version.in_force_to,
        ocr=passage.ocr,
    )


class SearchShape(Shape):
    """Passages, best first."""

    question: str = Field(examples=[QUESTION])
    results: list[ResultShape]
    reading: ReadingShape | None = Field(default=None, description="Where an explanation is asked for.")
    generation: int
    took_ms: float


class VersionShape(Shape):
    """One file of a document."""

    number: int
    sha256: str
    file_name: str
    media_type: str
    size: int = Field(description="bytes")
    status: str = Field(examples=["current"])
    title: str
    authors: list[str]
    language: str | None
    created: str | None
    published: str | None
    in_force_from: str | None
    in_force_to: str | None
    identity: str | None
    ingested_at: str
    extra: dict[str, str]
    notes: list[str]


class PageMark(Shape):
    """A page of a version, without its text."""

    number: int
    label: str | None
    anchor: str
    picture: bool
    ocr: bool
    confidence: float | None


class VersionWithPages(VersionShape):
    """One file of a document, with its pages."""

    document_id: int
    pages: list[PageMark]


class ProofShape(Shape):
    """Where it is said: `quote` is the page's text from `start` to `end`."""

    document_id: int
    version: int
    page: int
    start: int
    end: int
    quote: str


class KnownShape(Shape):
    """A fact: a kind, a date, a name."""

    name: str = Field(examples=["commencement"])
    value: str | None = Field(description="null: the text says that there is one, and not which")
    source: str = Field(description="correction, manifest, metadata, title, text, folder, format, file")
    confidence: float = Field(description="0 to 1")
    note: str | None
    proof: ProofShape | None = Field(description="null where no text says it")


class LinkShape(Shape):
    """A link to or from another document; its document is null where the memory holds none that is meant."""

    relation: str = Field(examples=["repeals"])
    words: str = Field(description="how it is named", examples=["Refuse Removal By-law, 2013"])
    number: str | None
    year: str | None
    section: str | None
    day: str | None
    source: str
    confidence: float
    document_id: int | None
    version: int | None
    title: str | None
    proof: ProofShape | None


class DossierShape(Shape):
    """What is extracted of a version."""

    kind: str | None
    authority: int | None = Field(description="of its kind; the higher counts more")
    municipality: str | None
    facts: list[KnownShape]
    links: list[LinkShape]
    linked_from: list[LinkShape]
    missing: list[str] = Field(description="what a text of its kind is expected to say and does not")


class DocumentShape(Shape):
    """A thing with a title, an owner and versions."""

    id: int = Field(examples=[12])
    title: str = Field(examples=["Credit Control and Debt Collection Policy"])
    collection: str = Field(examples=["policies"])
    label: str = Field(description="who may see it", examples=["public"])
    key: str | None
    kind: str | None
    department: str | None
    custodian: str | None


class VersionWithDossier(VersionShape):
    """One file of a document, with what is extracted of it."""

    dossier: DossierShape


class DocumentWithVersions(DocumentShape):
    """A document and its versions, oldest first."""

    versions: list[VersionWithDossier]


class DocumentList(Shape):
    """Documents that you may see, by title."""

    total: int
    limit: int
    offset: int
    documents: list[DocumentShape]


class Slice(Shape):
    """A half-open slice of the page's text."""

    start: int
    end: int


class Box(Shape):
    """A printed line's place on the page's picture, in points from the top left."""

    x0: float
    y0: float
    x1: float
    y1: float


class PageShape(Shape):
    """A page: its text, and what of it is asked for."""

    document_id: int
    title: str
    version: int
    file_name: str
    status: str
    in_force_from: str | None
    in_force_to: str | None
    custodian: str | None
    number: int
    pages: int = Field(description="how many pages the version has")
    label: str | None = Field(description="what is printed on it", examples=["iv"])
    anchor: str = Field(examples=["page-4"])
    text: str
    width: float = Field(description="points")
    height: float = Field(description="points")
    picture: bool = Field(description="whether it can be shown as a picture")
    needs_ocr: bool
    ocr: bool
    confidence: float | None
    section: str | None = Field(description="the passage's, when one is asked for")
    slices: list[Slice] = Field(description="what is asked for, as slices of `text`")
    highlights: list[Box] = Field(description="the printed lines of `slices`")


class Counted(Shape):
    """A value of a facet, and how many documents have it."""

    value: str = Field(examples=["policy"])
    documents: int


class FacetsShape(Shape):
    """What you may see of a selection, by property; each counted as if it itself were not narrowed."""

    total: int = Field(description="documents in the selection")
    collection: list[Counted]
    department: list[Counted]
    kind: list[Counted]
    earliest: str | None = Field(description="the days between which documents are dated")
    latest: str | None


class ShelvedShape(DocumentShape):
    """A document of a selection, with its newest version there."""

    version: int
    status: str
    dated: str | None


class ShelfShape(Shape):
    """The documents of a selection, by title, and their facets."""

    facets: FacetsShape
    limit: int
    offset: int
    documents: list[ShelvedShape]


class StatusShape(Shape):
    """How much there is that you may see."""

    documents: int
    versions: int
    pages: int
    passages: int
    pages_waiting_for_ocr: int
    generation: int
    model: str


class Health(Shape):
    """That the service runs."""

    status: str = Field(examples=["ok"])
