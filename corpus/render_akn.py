"""A by-law's source becomes Akoma Ntoso 3.0: FRBR identity, publication, lifecycle, sections with eIds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from corpus.make_blocks import Block, Kind, body_blocks, parse_runs, plain
from corpus.make_source import MUNICIPALITY, Source

SPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
CHAPTER = re.compile(r"Chapter\s+(\w+)\s*[:.–-]\s*(.*)", re.IGNORECASE)
SECTION = re.compile(r"(\d+[A-Z]?)\.\s*(.*)")
SCHEDULE = re.compile(r"Schedule\b.*", re.IGNORECASE)
TERM = re.compile(r'\*\*"(.+?)"\*\*')
LEVELS = (("subsection", "subsec"), ("paragraph", "para"), ("subparagraph", "subpara"))


@dataclass(slots=True)
class Node:
    """An element of the act: `ref` is the last part of its eId ("sec_4")."""

    name: str
    ref: str
    num: str = ""
    heading: str = ""
    text: str = ""
    children: list[Node] = field(default_factory=list)
    rows: tuple[tuple[str, ...], ...] = ()
    level: int = -1


def render_akn(source: Source) -> bytes:
    """The Akoma Ntoso document of a by-law's source."""
    preamble, body, schedules = _tree(body_blocks(source.body, source.title))
    inner = "".join(_xml(node, "") for node in body.children)
    attachments = "".join(_schedule(source, node, n) for n, node in enumerate(schedules, 1))
    before = "".join(f"<p>{_inline(text)}</p>" for text in preamble)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<akomaNtoso xmlns="{SPACE}">\n<act name="act" contains='
        f'"{"singleVersion" if source.get("amended_by") else "originalVersion"}">\n{_meta(source)}\n'
        f'<preface eId="preface"><longTitle eId="preface__longTitle"><p><docTitle>{escape(source.title)}'
        f"</docTitle></p></longTitle></preface>\n"
        + (f'<preamble eId="preamble">{before}</preamble>\n' if before else "")
        + f"<body>\n{inner}</body>\n"
        + (f"<attachments>\n{attachments}</attachments>\n" if attachments else "")
        + "</act>\n</akomaNtoso>\n"
    ).encode()


def _tree(blocks: list[Block]) -> tuple[list[str], Node, list[Node]]:
    preamble: list[str] = []
    body = Node("body", "")
    schedules: list[Node] = []
    path: list[Node] = [body]
    for block in blocks:
        if block.kind == "heading":
            path = _heading(block, path, body, schedules)
        elif block.kind == "note":
            # Footnotes are the gazette's editor's, no part of the enacted text.
            continue
        elif path == [body]:
            preamble.append(f"{block.marker} {block.text}".strip())
        else:
            _place(block, path)
    return preamble, body, schedules


def _heading(block: Block, path: list[Node], body: Node, schedules: list[Node]) -> list[Node]:
    title = plain(block.text)
    if SCHEDULE.fullmatch(title):
        schedules.append(Node("schedule", f"att_{len(schedules) + 1}", heading=title))
        return [schedules[-1]]
    if match := CHAPTER.fullmatch(title):
        chapter = Node("chapter", f"chp_{match[1]}", f"Chapter {match[1]}", match[2])
        body.children.append(chapter)
        return [body, chapter]
    if match := SECTION.fullmatch(title):
        parents = [node for node in path if node.name in {"body", "chapter"}]
        section = Node("section", f"sec_{match[1]}", f"{match[1]}.", match[2])
        parents[-1].children.append(section)
        return [*parents, section]
    if path[0].name == "schedule":
        path[0].children.append(Node("crossHeading", "", text=title))
    return path


def _place(block: Block, path: list[Node]) -> None:
    """Puts a clause, paragraph or table where it belongs; `path` ends at the open node."""
    if block.kind == "clause" and path[0].name != "schedule":
        level = 0 if block.marker.strip("()").isdigit() else block.depth + (0 if _has_number(path) else 1)
        while path[-1].level >= level:
            path.pop()
        name, short = LEVELS[min(level, 2)]
        ref = f"{short}_{block.marker.strip('().').lower()}"
        node = Node(name, ref, block.marker, text=block.text, level=level)
        path[-1].children.append(node)
        path.append(node)
        return
    term = TERM.match(block.text)
    # A table belongs to the clause that announces it, a definition to its subsection ("(1) In this By-law");
    # other text ends whatever is open.
    while block.kind != "table" and _ends(path[-1], bool(term)):
        path.pop()
    kinds: dict[Kind, str] = {"table": "table"}
    name = "definition" if term else kinds.get(block.kind, "p")
    text = f"{block.marker} {block.text}".strip()
    node = Node(name, "", text=text, rows=block.rows, level=0 if term else -1)
    if term:
        node.ref = f"defn-term-{re.sub(r'[^a-z0-9]+', '_', term[1].lower())}"
    path[-1].children.append(node)
    if term:
        path.append(node)


def _ends(node: Node, term: bool) -> bool:
    return node.level > 0 or node.name == "definition" or (node.level == 0 and not term)


def _has_number(path: list[Node]) -> bool:
    return any(node.name == "subsection" for node in path)


def _xml(node: Node, above: str) -> str:
    """An element with its eId, which is its parent's and its own joined by two underscores."""
    eid = f"{above}__{node.ref}" if above else node.ref
    if node.name == "table":
        return _table(node)
    if node.name == "p":
        return f"<p>{_inline(node.text)}</p>"
    if node.name == "definition":
        return _definition(node, eid)
    head = f"<num>{escape(node.num)}</num>" if node.num else ""
    head += f"<heading>{escape(node.heading)}</heading>" if node.heading else ""
    return f'<{node.name} eId="{eid}">{head}{_inside(node, eid)}</{node.name}>\n'


def _inside(node: Node, eid: str) -> str:
    """Intro, numbered children and wrap-up; or one content where nothing is numbered."""
    flat = {"p", "table", "definition"}
    texts = [f"<p>{_inline(node.text)}</p>"] if node.text else []
    if all(child.name in flat for child in node.children):
        inside = "".join(texts + [_xml(child, eid) for child in node.children])
        return f'<content eId="{eid}__content">{inside}</content>'
    first = next(n for n, child in enumerate(node.children) if child.name not in flat)
    last = max(n for n, child in enumerate(node.children) if child.name not in flat)
    intro = "".join(texts + [_xml(child, eid) for child in node.children[:first]])
    middle = "".join(_xml(child, eid) for child in node.children[first : last + 1])
    wrap = "".join(_xml(child, eid) for child in node.children[last + 1 :])

    return (f"<intro>{intro}</intro>" if intro else "") + middle + (f"<wrapUp>{wrap}</wrapUp>" if wrap else "")


def _definition(node: Node, eid: str) -> str:
    intro = f"<p>{_inline(node.text)}</p>"
    term = node.ref.removeprefix("defn-")
    if node.children:
        items = "".join(
            f'<item eId="{eid}__list_1__item_{child.num.strip("()")}"><num>{child.num}</num>'
            f"<p>{_inline(child.text)}</p></item>"
            for child in node.children
        )
        intro = (
            f'<blockList eId="{eid}__list_1"><listIntroduction>{_inline(node.text)}</listIntroduction>'
            f"{items}</blockList>"
        )
    return f'<blockContainer class="definition" refersTo="#{term}" eId="{eid}">{intro}</blockContainer>'


def _table(node: Node) -> str:
    rows = []
    for number, row in enumerate(node.rows):
        tag = "th" if number == 0 else "td"
        rows.append("<tr>" + "".join(f"<{tag}><p>{_inline(cell)}</p></{tag}>" for cell in row) + "</tr>")
    return f"<table>{''.join(rows)}</table>"


def _schedule(source: Source, node: Node, number: int) -> str:
    uri = source.get("frbr_uri")
    inside = "".join(
        f"<crossHeading>{_inline(child.text)}</crossHeading>" if child.name == "crossHeading" else _xml(child, "")
        for child in node.children
    )
    return (
        f'<attachment eId="{node.ref}"><heading>{escape(node.heading)}</heading><doc name="schedule">'
        f'<meta><identification source="#isivivane"><FRBRWork><FRBRthis value="{uri}/!schedule_{number}"/>'
        f'<FRBRuri value="{uri}"/></FRBRWork></identification></meta>'
        f'<mainBody><hcontainer eId="{node.ref}__hcontainer_1" name="hcontainer"><content>{inside}</content>'
        "</hcontainer></mainBody></doc></attachment>\n"
    )


def _inline(text: str) -> str:
    parts = []
    for run in parse_runs(text):
        piece = escape(run.text)
        if run.bold and run.text.startswith('"'):
            piece = f'"<def>{escape(run.text.strip(chr(34)))}</def>"'
        elif run.bold:
            piece = f"<b>{piece}</b>"
        elif run.italic:
            piece = f"<i>{piece}</i>"
        parts.append(piece)
    return "".join(parts)


def _meta(source: Source) -> str:
    uri, published = source.get("frbr_uri"), source.get("published", source.get("date"))
    expression = f"{uri}/eng@{source.get('expression', published)}"
    return (
        '<meta><identification source="#isivivane"><FRBRWork>'
        f'<FRBRthis value="{uri}/!main"/><FRBRuri value="{uri}"/>'
        f'<FRBRalias name="title" value={quoteattr(source.title)}/>'
        f'<FRBRdate date="{uri.split("/")[-2]}" name="Generation"/><FRBRauthor href="#council"/>'
        '<FRBRcountry value="za"/><FRBRsubtype value="by-law"/></FRBRWork><FRBRExpression>'
        f'<FRBRthis value="{expression}/!main"/><FRBRuri value="{expression}"/>'
        f'<FRBRdate date="{source.get("expression", published)}" name="Generation"/>'
        '<FRBRauthor href="#council"/><FRBRlanguage language="eng"/></FRBRExpression><FRBRManifestation>'
        f'<FRBRthis value="{expression}/!main"/><FRBRuri value="{expression}"/>'
        f'<FRBRdate date="{source.date.isoformat()}" name="Generation"/><FRBRauthor href="#isivivane"/>'
        "</FRBRManifestation></identification>"
        f'<publication date="{published}" name="KwaZulu-Natal Provincial Gazette" showAs="KwaZulu-Natal Provincial Gazette" '
        f'number="{source.get("gazette")}"/>{_lifecycle(source)}</meta>'
    )


def _lifecycle(source: Source) -> str:
    """Events and what caused them; amended_by and repealed_by read "date | uri | title"."""
    events = [f'<eventRef eId="generation" date="{source.get("published")}" type="generation" source="#original"/>']
    references, times = [], ""
    for key, kind in (("amended_by", "amendment"), ("repealed_by", "repeal")):
        parts = [part.strip() for part in source.get(key).split("|")]
        if len(parts) == 3:
            day, uri, title = parts
            events.append(f'<eventRef eId="{kind}-{day}" date="{day}" type="{kind}" source="#{kind}-0-source"/>')
            references.append(f'<passiveRef eId="{kind}-0-source" href="{uri}" showAs={quoteattr(title)}/>')
    if source.get("commenced"):
        day = source.get("commenced")
        events.append(f'<eventRef eId="commencement-{day}" date="{day}" type="generation" source="#original"/>')
        end = f' end="#repeal-{source.get("repealed_by").split("|")[0].strip()}"' if source.get("repealed_by") else ""
        times = (
            '<temporalData source="#isivivane"><temporalGroup eId="period-in-force"><timeInterval '
            f'start="#commencement-{day}"{end} refersTo="#in-force"/></temporalGroup></temporalData>'
        )
    original = f'<original eId="original" href="{source.get("frbr_uri")}" showAs={quoteattr(source.title)}/>'
    owners = (
        '<TLCOrganization eId="isivivane" href="/ontology/organization/za/isivivane" '
        f'showAs="{MUNICIPALITY}"/><TLCOrganization eId="council" href="/ontology/organization/za/'
        f'isivivane.council" showAs="Council of the {MUNICIPALITY}"/>'
        '<TLCConcept eId="in-force" href="/ontology/concept/in-force" showAs="In force"/>'
    )
    return (
        f'<lifecycle source="#isivivane">{"".join(events)}</lifecycle>{times}'
        f'<references source="#isivivane">{original}{"".join(references)}{owners}</references>'
    )
