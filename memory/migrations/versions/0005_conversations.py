"""Conversations: what a user asked, and what he was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user", sa.String, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("started_at", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conversations_user", "conversations", ["user", "changed_at"])
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "conversation_id",
            sa.Integer,
            sa.ForeignKey("conversations.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("asked_as", sa.Text, nullable=False),
        sa.Column("as_of", sa.String(10)),
        sa.Column("collection", sa.String),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("asked_at", sa.String, nullable=False),
        sa.Column("share", sa.String, unique=True),
        sqlite_autoincrement=True,
    )
