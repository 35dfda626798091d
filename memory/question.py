"""A question understood: slips corrected, acronyms spelt out, what it is exact about, when and where it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from memory.dates import Period, periods
from memory.framing import is_broad, matter
from memory.languages import Language, content, language_of
from memory.parlance import Parlance
from memory.references import Reference, asked_references
from memory.terms import analyze
from memory.vocabulary import Vocabulary

_WORD = re.compile(r"(?<![\w'\u2019.@/-])[^\W\d_]+(?![\w@/]|['\u2019.-]\w)")
_ACRONYM = re.compile(r"(?<![\w-])[A-Z][A-Z&]{1,7}(?=s?(?![\w-]))")


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps act; an evaluation turns them off one by one."""

    spelling: bool = True
    acronyms: bool = True
    parlance: bool = True
    kin: bool = True
    framing: bool = True
    spreading: bool = True
    # Whether the model reads with what it learned of questions.
    asking: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """`asked`: as it was typed; `text`: with slips corrected; `matter`: what it is about; `gloss`: what documents write
    for what was said, which the model reads after it;
    `words`: what the terms are searched for, with what acronyms stand for and words of the same kind; `corrections`
    and `expansions`: (what was written, what was read); `broad`: it asks for what there is on a matter."""

    asked: str
    text: str
    matter: str
    words: str
    language: Language = "en"
    corrections: tuple[tuple[str, str], ...] = ()
    expansions: tuple[tuple[str, str], ...] = ()
    references: tuple[Reference, ...] = ()
    periods: tuple[Period, ...] = ()
    broad: bool = False
    gloss: str = ""

    @property
    def whole(self) -> str:
        """What the model reads."""
        return f"{self.matter} ({self.gloss})" if self.gloss else self.matter


def understand(
    asked: str, vocabulary: Vocabulary, parlance: Parlance, is_whole: Callable[[str], bool], steps: Steps = Steps()
) -> Question:
    """Read a question. `is_whole`: whether the model knows a word as one piece, so that it is no slip."""
    language = language_of(asked)
    corrections = _corrections(asked, vocabulary, is_whole) if steps.spelling and language == "en" else {}
    text = _WORD.sub(lambda match: corrections.get(match.group(), match.group()), asked)
    expansions = _expansions(text, vocabulary) if steps.acronyms else ()
    further = [read for _, read in expansions]
    if steps.kin and language != "en":
        further += [kin for word in analyze(text, "exact") for kin in vocabulary.kin.of(word)]
    references = asked_references(text)
    about = matter(text) if steps.framing else text
    meant = parlance.official(about, vocabulary.passages) if steps.parlance and language == "en" else ()
    glosses = [written for _, written in meant]
    return Question(
        asked=asked,
        text=text,
        matter=about,
        words=" ".join([content(about, language) if steps.kin else about, *further, *glosses]),
        language=language,
        corrections=tuple(corrections.items()),
        expansions=expansions + meant,
        references=references,
        periods=periods(_without(text, references)),
        broad=steps.spreading and not references and is_broad(text),
        gloss=", ".join(glosses),
    )


def _corrections(asked: str, vocabulary: Vocabulary, is_whole: Callable[[str], bool]) -> dict[str, str]:
    found = {}
    for word in dict.fromkeys(_WORD.findall(asked)):
        lower = word.lower()
        # What is all capitals is an acronym.
        if word.isupper() or vocabulary.speller.knows(lower) or is_whole(lower):
            continue
        meant = vocabulary.speller.corrected(lower)
        # A name need not be one that is held, and nobody misspells its capital.
        if meant and (word.islower() or meant[0] == lower[0]):
            found[word] = meant.capitalize() if word[0].isupper() else meant
    return found


def _expansions(text: str, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Acronyms with what they stand for, where few passages hold the acronym itself."""
    lower = text.lower()
    return tuple(
        (name, read)
        for name in dict.fromkeys(_ACRONYM.findall(text))
        if (read := vocabulary.expansion(name)) and read.lower() not in lower and vocabulary.is_rare(name)
    )


def _without(text: str, references: tuple[Reference, ...]) -> str:
    """`text` without its references: the year of C47/2017 is a part of a number."""
    for reference in references:
        if reference.kind in {"number", "by-law"}:
            text = text.replace(reference.text, " ")
    return text
