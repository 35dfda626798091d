"""The decision register: decisions, who must act, where they are named, and what could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"


def _version() -> sa.Column:
    return sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), nullable=False, index=True)


def _place() -> list[sa.Column]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in ("page", "start", "end")]


def _words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        _version(),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("house", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("number_key", sa.String, nullable=False, index=True),
        sa.Column("number_tail", sa.String, nullable=False, index=True),
        *_words("body"),
        sa.Column("day", sa.String(10), nullable=False, index=True),
        sa.Column("item", sa.String, nullable=False),
        *_words("title", "mover", "seconder", "text"),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("votes_for", sa.Integer),
        sa.Column("votes_against", sa.Integer),
        sa.Column("abstentions", sa.Integer),
        *_words("report"),
        sa.Column("places", sa.JSON, nullable=False),
        sa.Column("interests", sa.JSON, nullable=False),
        *_words("words"),
    )
    op.create_table(
        "decision_actions",
        sa.Column(
            "decision_id", sa.Integer, sa.ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        *_words("actor"),
        sa.Column("due", sa.String(10), nullable=False),
        *_words("due_words", "clauses"),
        *_place(),
    )
    op.create_table(
        "decision_mentions",
        sa.Column("id", sa.Integer, primary_key=True),
        _version(),
        sa.Column("number_key", sa.String, nullable=False, index=True),
        sa.Column("number_tail", sa.String, nullable=False, index=True),
        sa.Column("sense", sa.String, nullable=False),
        *_place(),
    )
    op.create_table(
        "unread_items",
        sa.Column("id", sa.Integer, primary_key=True),
        _version(),
        *_words("reason"),
        *_place(),
    )
