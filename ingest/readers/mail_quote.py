"""What the writer of a mail wrote, told from what the program quoted below or between."""

from __future__ import annotations

import re
from collections.abc import Sequence

# "On 3 May 2024, Thandi Dube <td@x.org> wrote:" in the languages that clients here speak; the line may be
# broken once or twice by the client.
_WROTE = re.compile(
    r"\s*(?:(?:On|Am|Le|Op|El|Em|Ngo|Ngomhla)\b.{6,300}?"
    r"(?:wrote|writes|schrieb|a écrit|het .{0,80}geskryf|skryf|escribió|escreveu|wabhala|ubhale)|"
    r".{3,120}\b(?:wrote|writes|skryf))\s*:\s*$",
    re.S,
)
_ORIGINAL = re.compile(
    r"\s*-{3,}\s*(?:Original Message|Original Appointment|Oorspronklike [Bb]oodskap)\s*-{3,}\s*$", re.I
)
_FIELD = re.compile(
    r"[\s*>]*(From|Sent|Date|To|Cc|Subject|Van|Gestuur|Datum|Aan|Onderwerp|Von|Gesendet|An|Betreff)\*?\s*:", re.I
)
_FIRST_FIELD = re.compile(r"[\s*>]*(?:From|Van|Von)\*?\s*:", re.I)
_FIELDS = 3
_FIELD_LINES = 8
_QUOTED = re.compile(r"\s{0,3}>")
_SIGNATURE = re.compile(r"-- ?$")
# A signature is short; what is longer after "--" was a rule between two parts.
_SIGNATURE_LINES = 25
_FORWARDED = re.compile(r"\s*(?:fwd?|fw|wg|aangestuur|dlulisela)\s*:", re.I)
_WRAPPED = 3


def own_lines(lines: Sequence[str], subject: str = "") -> list[bool]:
    """For each line whether the writer wrote it: neither quotation nor signature.

    A mail that was forwarded is what it forwards. When nothing would be left, everything counts.
    """
    own = [not _QUOTED.match(line) for line in lines]
    forwarded = bool(_FORWARDED.match(subject))
    index = 0
    while index < len(lines):
        introduced = _introduction(lines, index)
        if introduced:
            index = _leave_out_quotation(lines, own, index, introduced)
        elif not forwarded and (_ORIGINAL.match(lines[index]) or _is_header_block(lines, index)):
            own[index:] = [False] * (len(lines) - index)
            break
        else:
            index += 1
    _leave_out_signature(lines, own)
    written = any(mine and re.search(r"\w", line) for mine, line in zip(own, lines, strict=True))
    return own if written else [True] * len(lines)


def _introduction(lines: Sequence[str], index: int) -> int:
    """How many lines from `index` on say "On ... wrote:", 0 for none."""
    if _QUOTED.match(lines[index]) or not lines[index].strip():
        return 0
    for count in range(1, _WRAPPED + 1):
        part = lines[index : index + count]
        if len(part) < count or not part[-1].strip():
            return 0
        if part[-1].rstrip().endswith(":"):
            following = next((line for line in lines[index + count :] if line.strip()), "")
            starts = re.match(r"\s*(?:On|Am|Le|Op|El|Em|Ngo)", part[0])
            known = _WROTE.match(" ".join(part)) and (starts or _QUOTED.match(following))
            return count if known else 0
    return 0


def _leave_out_quotation(lines: Sequence[str], own: list[bool], index: int, introduced: int) -> int:
    """Mark the introduction and, where what follows bears no ">", everything below; gives the next line."""
    after = index + introduced
    following = next((line for line in lines[after:] if line.strip()), "")
    end = after if _QUOTED.match(following) else len(lines)
    own[index:end] = [False] * (end - index)
    return end


def _is_header_block(lines: Sequence[str], index: int) -> bool:
    """Outlook's "From: Sent: To: Subject:" over the mail that was answered."""
    if not _FIRST_FIELD.match(lines[index]):
        return False
    fields = {found[1].lower() for line in lines[index : index + _FIELD_LINES] if (found := _FIELD.match(line))}
    return len(fields) >= _FIELDS


def _leave_out_signature(lines: Sequence[str], own: list[bool]) -> None:
    mine = [index for index, is_own in enumerate(own) if is_own]
    for place, index in enumerate(mine):
        if _SIGNATURE.match(lines[index]) and len(mine) - place <= _SIGNATURE_LINES and place > 0:
            for later in mine[place:]:
                own[later] = False
            return
