"""The catalogue's tables of people, keys, feedback, audit and what to ingest. Secrets are here as hashes alone."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from memory.schema import metadata

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("shown", Text, nullable=False),
    Column("email", Text),
    # An argon2 hash; null for who signs in elsewhere.
    Column("password", Text),
    Column("issuer", Text),
    Column("subject", Text),
    Column("roles", JSON, nullable=False),
    # The posts that the user holds, as documents name their custodians.
    Column("posts", JSON, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", String, nullable=False),
    Column("signed_in_at", String),
    UniqueConstraint("issuer", "subject"),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("via", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("seen_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("abilities", JSON, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("made_by", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("expires_at", String),
    Column("used_at", String),
    Column("revoked_at", String),
    sqlite_autoincrement=True,
)

widget_tokens = Table(
    "widget_tokens",
    metadata,
    Column("hash", String(64), primary_key=True),
    # One token after another of the same page: using one that was renewed ends them all.
    Column("family", String(64), nullable=False, index=True),
    # Null: the local user, where there is no sign-in.
    Column("user_id", ForeignKey("users.id"), index=True),
    Column("origin", Text, nullable=False),
    # What minted the first of the family; when that goes, so does the token.
    Column("session_hash", ForeignKey("sessions.hash", ondelete="CASCADE"), index=True),
    Column("token_id", ForeignKey("tokens.id")),
    Column("expires_at", String, nullable=False),
    Column("ends_at", String, nullable=False),
    Column("renewed", Boolean, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("name", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", String, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", String, nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("question", Text, nullable=False),
    # The answer as it was given; null where the service no longer held it.
    Column("answer", JSON),
    Column("generation", Integer),
    Column("useful", Boolean, nullable=False),
    Column("wrong_citation", Integer),
    Column("text", Text, nullable=False),
    Column("document_id", ForeignKey("documents.id")),
    Column("custodian", String, index=True),
    Column("gap_id", ForeignKey("gaps.id")),
    Column("status", String, nullable=False),
    Column("reply", Text, nullable=False),
    Column("replied_by", String),
    Column("replied_at", String),
    Column("read_at", String),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("via", String, nullable=False),
    Column("action", String, nullable=False),
    # Canonical JSON: the very text is what is sealed.
    Column("detail", Text, nullable=False),
    Column("seal", String(64), nullable=False),
)

roots = Table(
    "roots",
    metadata,
    Column("path", Text, primary_key=True),
    Column("collection", String),
    Column("label", String),
    Column("at", String, nullable=False),
)

Index("ix_audit_at", audit.c.at)
