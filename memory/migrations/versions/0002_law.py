"""Facts, links and claims that are extracted of each version; corrections; which extractors have read it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _evidence() -> list[sa.Column]:
    return [
        sa.Column("source", sa.String, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("start", sa.Integer),
        sa.Column("end", sa.Integer),
    ]


def _version(**options: bool) -> sa.Column:
    return sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), **options)


def upgrade() -> None:
    op.add_column("versions", sa.Column("stated", sa.JSON, nullable=False, server_default="{}"))
    # Nobody knows any more who said it: it counts as said by the manifest.
    op.execute(
        """UPDATE versions SET stated = json_object('manifest', json_patch('{}', json_object(
        'in_force_from', in_force_from, 'in_force_to', in_force_to, 'status', nullif(status, 'current'))))"""
    )
    op.create_table("extracted", _version(primary_key=True), sa.Column("fingerprint", sa.String, nullable=False))
    op.create_table(
        "standings",
        _version(primary_key=True),
        sa.Column("kind", sa.String),
        sa.Column("authority", sa.Integer),
        sa.Column("record", sa.Boolean, nullable=False),
        sa.Column("municipality", sa.String),
        sa.Column("year", sa.String),
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.Integer, primary_key=True),
        _version(nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        *_evidence(),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Integer, primary_key=True),
        _version(nullable=False, index=True),
        sa.Column("relation", sa.String, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("year", sa.String, nullable=False),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        *_evidence(),
    )
    op.create_table(
        "link_targets",
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True, index=True),
        sa.Column("score", sa.Float, nullable=False),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer, primary_key=True),
        _version(nullable=False, index=True),
        sa.Column("measure", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("terms", sa.JSON, nullable=False),
        sa.Column("about", sa.JSON, nullable=False),
        sa.Column("bound", sa.String(1), nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
    )
    op.create_table(
        "corrections",
        sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("by", sa.String),
        sa.Column("at", sa.String, nullable=False),
    )
