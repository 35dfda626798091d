"""Zip containers that come out byte for byte the same wherever they are made."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date

# The earliest moment that a zip can name.
MOMENT = (1980, 1, 1, 0, 0, 0)


def zip_bytes(members: Mapping[str, bytes], first: tuple[str, ...] = ()) -> bytes:
    """A zip of the members, `first` in front and the rest sorted.

    Stored, not deflated: zlib and zlib-ng compress the same input to different bytes.
    """
    names = [name for name in first if name in members]
    names += sorted(set(members) - set(names))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name, MOMENT)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, members[name])
    return out.getvalue()


def fix_office(content: bytes, day: date) -> bytes:
    """An Office file with its members sorted and its stamps of "now" replaced by `day`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    stamp = f"{day.isoformat()}T08:00:00Z".encode()
    core = members["docProps/core.xml"]
    members["docProps/core.xml"] = re.sub(
        rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)", rb"\g<1>" + stamp + rb"\g<2>", core
    )
    return zip_bytes(members, first=("[Content_Types].xml", "_rels/.rels"))
