"""The catalogue's tables. Times are ISO 8601 strings in UTC, days are ISO 8601 days; both sort as text."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, index=True),
    Column("title", Text, nullable=False),
    Column("collection", String, nullable=False),
    Column("label", String, nullable=False, index=True),
    Column("kind", String),
    Column("department", String),
    Column("custodian", String),
    sqlite_autoincrement=True,
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("file_name", Text, nullable=False),
    Column("media_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("language", String),
    Column("created", String(10)),
    Column("published", String(10)),
    Column("in_force_from", String(10)),
    Column("in_force_to", String(10)),
    # The interval for as-of questions: the dates in force where they are known, else when this memory
    # learnt of the version and of its successor.
    Column("valid_from", String(10)),
    Column("valid_to", String(10)),
    Column("identity", Text),
    Column("parent_id", ForeignKey("versions.id")),
    Column("extra", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("ingested_at", String, nullable=False),
    # What the manifest and the file's own metadata say of status and dates: {"manifest": {...}, "metadata": {...}}.
    # The columns above hold what follows from that and from the facts (`memory.standing`).
    Column("stated", JSON, nullable=False),
    # Pages were read by OCR since the passages were cut.
    Column("stale", Boolean, nullable=False),
    UniqueConstraint("document_id", "number"),
    sqlite_autoincrement=True,
)

paths = Table(
    "paths",
    metadata,
    Column("path", Text, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), index=True),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("mtime_ns", Integer, nullable=False),
    Column("profile", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("label", String, nullable=False),
    Column("anchor", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("picture", Boolean, nullable=False),
    Column("needs_ocr", Boolean, nullable=False),
    Column("ocr", Boolean, nullable=False),
    Column("confidence", Float),
    # Blocks and lines as the reader gave them, zlib-compressed JSON: for cutting again and for highlights.
    Column("layout", LargeBinary, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("spans", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("heading", JSON, nullable=False),
    Column("ocr", Boolean, nullable=False),
    Column("text_hash", String(64), nullable=False),
    UniqueConstraint("version_id", "ordinal"),
    sqlite_autoincrement=True,
)

vectors = Table(
    "vectors",
    metadata,
    Column("text_hash", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("codes", LargeBinary, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("user", String, primary_key=True),
    Column("label", String, primary_key=True),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("asked_by", String),
    Column("asked_at", String, nullable=False),
    Column("custodian", String),
    Column("status", String, nullable=False),
)

# What is extracted of a version (`memory.law`); made again by another pass at any time.

# Which extractors have read a version: it is read again when they change.
extracted = Table(
    "extracted",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("fingerprint", String, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("source", String, nullable=False),
    Column("confidence", Float, nullable=False),
    # The evidence; null where the fact does not come from the text.
    Column("page", Integer),
    Column("start", Integer),
    Column("end", Integer),
    Column("note", Text, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("relation", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("number", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("year", String, nullable=False),
    Column("section", String, nullable=False),
    Column("identity", Text, nullable=False),
    Column("day", String(10), nullable=False),
    Column("source", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("page", Integer),
    Column("start", Integer),
    Column("end", Integer),
)

# What a version is, by its facts. `record`: it tells what was (minutes, a report) and is not itself in force.
standings = Table(
    "standings",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("kind", String),
    Column("authority", Integer),
    Column("record", Boolean, nullable=False),
    Column("municipality", String),
    Column("year", String),
)

# Every version that a link may mean, each with a score that does not depend on the others: the best one that
# the asker may see is taken, so that what is hidden changes nothing.
link_targets = Table(
    "link_targets",
    metadata,
    Column("link_id", ForeignKey("links.id", ondelete="CASCADE"), primary_key=True),
    Column("version_id", ForeignKey("versions.id"), primary_key=True, index=True),
    Column("score", Float, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("measure", String, nullable=False),
    Column("value", String, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("about", JSON, nullable=False),
    Column("bound", String(1), nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

# What people said against the extractors; it outlives every extraction.
corrections = Table(
    "corrections",
    metadata,
    Column("version_id", ForeignKey("versions.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("by", String),
    Column("at", String, nullable=False),
)

# What a user asked in one go; his own, nobody else's.
conversations = Table(
    "conversations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("started_at", String, nullable=False),
    Column("changed_at", String, nullable=False),
    Index("ix_conversations_user", "user", "changed_at"),
    sqlite_autoincrement=True,
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("question", Text, nullable=False),
    # The question as it was looked up: a follow-up with what it leans on.
    Column("asked_as", Text, nullable=False),
    Column("as_of", String(10)),
    Column("collection", String),
    # The answer as it was given; shown again only after its documents' labels are checked anew.
    Column("answer", JSON, nullable=False),
    Column("asked_at", String, nullable=False),
    # The name under which it is shared; null: not shared.
    Column("share", String, unique=True),
    sqlite_autoincrement=True,
)

# What minutes record (`memory.minutes`). Places are [page, start, end]; words are read from the page when shown.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("house", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("number", String, nullable=False),
    # The number as it is looked up: capitals, no spaces, no leading zeros; and without its letters ("45/2019").
    Column("number_key", String, nullable=False, index=True),
    Column("number_tail", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("day", String(10), nullable=False, index=True),
    Column("item", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("mover", Text, nullable=False),
    Column("seconder", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("outcome", String, nullable=False),
    Column("votes_for", Integer),
    Column("votes_against", Integer),
    Column("abstentions", Integer),
    Column("report", Text, nullable=False),
    # {"head": place, "wording": [place, ...], "mover": place, ...}; interests as [who, item, place].
    Column("places", JSON, nullable=False),
    Column("interests", JSON, nullable=False),
    # Title and text in small letters: what a search for words looks at.
    Column("words", Text, nullable=False),
)

decision_actions = Table(
    "decision_actions",
    metadata,
    Column("decision_id", ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("due", String(10), nullable=False),
    Column("due_words", Text, nullable=False),
    Column("clauses", Text, nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

# Where a text names a decision by its number; `sense`: done, ended, amended, reported, named.
decision_mentions = Table(
    "decision_mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("number_key", String, nullable=False, index=True),
    Column("number_tail", String, nullable=False, index=True),
    Column("sense", String, nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

unread_items = Table(
    "unread_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("versions.id"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

Index("ix_pages_needs_ocr", pages.c.version_id, sqlite_where=pages.c.needs_ocr)
