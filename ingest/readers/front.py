"""The `---` front matter of a Markdown file: plain "key: value" lines, read without a YAML parser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.document import Metadata

_FENCED = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}?)\s*:(?:\s+(.*)|\s*)$")
_ENTRY = re.compile(r"\s*-\s+(.*)$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_]\w+)?$")
# Front matter longer than this is no front matter but a document between two rules.
_LONGEST = 20_000

_AUTHORS = ("author", "authors")
_CREATED = ("created", "date")
_MODIFIED = ("modified", "updated", "last_modified_at", "lastmod")
_LANGUAGES = ("language", "lang", "locale")
_PUBLISHED = ("published", "publication_date", "adopted", "approved")
_FROM = ("in_force_from", "effective", "effective_date", "effective_from", "commencement")
_TO = ("in_force_to", "effective_to", "expires", "expiry_date")
_KNOWN = {"title", *_AUTHORS, *_CREATED, *_MODIFIED, *_LANGUAGES, *_PUBLISHED, *_FROM, *_TO}


@dataclass(frozen=True, slots=True)
class Front:
    """`end`: offset of the text after the front matter, 0 where there is none. A list is joined by "; "."""

    fields: dict[str, str]
    end: int


def front_of(text: str) -> Front:
    """The front matter of a text, empty where it begins with none."""
    fenced = _FENCED.match(text[:_LONGEST])
    fields = _fields(fenced[1]) if fenced else {}
    return Front(fields, fenced.end()) if fenced and fields else Front({}, 0)


def metadata_of(fields: dict[str, str]) -> Metadata:
    """What the fields say in the words of `Metadata`; those without one go to `extra`."""
    language = _LANGUAGE.match(_first(fields, _LANGUAGES))
    authors = re.split(r"\s*;\s*", _first(fields, _AUTHORS))
    return Metadata(
        title=fields.get("title", ""),
        authors=tuple(author for author in authors if author),
        created=_date(fields, _CREATED),
        modified=_date(fields, _MODIFIED),
        language=language[1].lower() if language else None,
        published=_date(fields, _PUBLISHED),
        in_force_from=_date(fields, _FROM),
        in_force_to=_date(fields, _TO),
        extra={key: value for key, value in fields.items() if key not in _KNOWN and value},
    )


def _fields(body: str) -> dict[str, str]:
    fields: dict[str, list[str]] = {}
    key = ""
    for line in body.splitlines():
        field, entry = _FIELD.match(line), _ENTRY.match(line)
        if field:
            key = re.sub(r"[ -]", "_", field[1].lower())
            fields[key] = _values(field[2] or "")
        elif entry and key:
            fields[key].append(_bare(entry[1]))
        elif key and line.startswith(" ") and line.strip():
            fields[key].append(line.strip())
    return {key: "; ".join(value for value in values if value) for key, values in fields.items()}


def _values(written: str) -> list[str]:
    written = written.strip()
    if written in (">", "|", ">-", "|-"):
        return []
    if written.startswith("[") and written.endswith("]"):
        return [_bare(value) for value in written[1:-1].split(",")]
    return [_bare(written)]


def _bare(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s+#.*$", "", value)


def _first(fields: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((fields[key] for key in keys if fields.get(key)), "")


def _date(fields: dict[str, str], keys: tuple[str, ...]) -> str | None:
    found = _DATE.search(_first(fields, keys))
    return found[0] if found else None
