"""The words of charts and SmartArt in OOXML documents and slides, from their own parts."""

from __future__ import annotations

from ingest.readers.office_pages import Unit, one_line
from ingest.readers.package import Element, Package

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
MAX_POINTS = 100  # of one chart: more is a curve, not words
_SHOWN_POINTS = ("node", "doc", "asst")  # ST_PtType: the others are transitions and presentation


def object_units(package: Package, part: str) -> list[Unit]:
    """What a chart or diagram part says; nothing for other parts."""
    root = package.optional_xml(part) if package.has(part) else None
    if root is None:
        return []
    if root.tag == f"{_C}chartSpace":
        return _chart(root)
    if root.tag == f"{_DGM}dataModel":
        return _diagram(root)
    return []


def plain_text(element: Element) -> str:
    """All DrawingML text (a:t) below the element, paragraphs apart, on one line."""
    paragraphs = ("".join(t.text or "" for t in p.iter(f"{A}t")) for p in element.iter(f"{A}p"))
    return one_line(" ".join(paragraphs))


def _diagram(root: Element) -> list[Unit]:
    points = [p for p in root.iter(f"{_DGM}pt") if p.get("type", "node") in _SHOWN_POINTS]
    texts = [plain_text(point) for point in points]
    return [Unit("item", text) for text in texts if text]


def _chart(root: Element) -> list[Unit]:
    title = root.find(f"{_C}chart/{_C}title")
    heading = plain_text(title) if title is not None else ""
    series = list(root.iter(f"{_C}ser"))
    names = [_cached(s.find(f"{_C}tx")).get(0, "") for s in series]
    values = [_cached(s.find(f"{_C}val")) for s in series]
    categories: dict[int, str] = {}
    for one in series:
        categories = categories or _cached(one.find(f"{_C}cat"))
    units = [Unit("paragraph", heading)] if heading else []
    header = " | ".join(["", *names]).strip(" |")
    if header:
        units.append(Unit("row", header, context=heading))
    for index, category in sorted(categories.items())[:MAX_POINTS]:
        cells = [category, *(series_values.get(index, "") for series_values in values)]
        units.append(Unit("row", " | ".join(cells).rstrip(" |"), context=header or heading))
    return units


def _cached(element: Element | None) -> dict[int, str]:
    """The stored values of a chart's reference, by index."""
    if element is None:
        return {}
    found: dict[int, str] = {}
    for point in element.iter(f"{_C}pt"):
        index, value = point.get("idx") or "0", point.find(f"{_C}v")
        if value is not None and index.isdecimal():
            found[int(index)] = _rounded(one_line(value.text or ""))
    direct = element.find(f"{_C}v")
    if direct is not None and not found:
        found[0] = one_line(direct.text or "")
    return found


def _rounded(text: str) -> str:
    """A stored float such as 4.2999999999999998 as it is shown."""
    try:
        return f"{float(text):.10g}" if "." in text else text
    except ValueError:
        return text
