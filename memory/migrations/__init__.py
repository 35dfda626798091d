"""Alembic migrations of the catalogue, run by `memory.store` when a memory is opened for writing."""
