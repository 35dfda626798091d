"""Municipalities of South Africa by the names that people use: so that one that the memory does not hold is known.

Metropolitan and district municipalities, and local ones that give their name to a larger town, after the
Municipal Demarcation Board's list; other names are told by their form ("X Local Municipality").

This is for questions. Of which municipality a document is, is read by form alone (`ingest/extract/names.py`): the one
named most often on its first pages, whether the list has it or not, in Afrikaans too, with the words that prove it.
A list, in which towns are names of municipalities, would take the place where a by-law applies for its author.
"""

from __future__ import annotations

import re

# What a municipality is called, then other names for it or its main town.
_NAMES = (
    "Buffalo City, East London",
    "Cape Town",
    "Ekurhuleni, East Rand",
    "eThekwini, Durban",
    "Johannesburg, Joburg",
    "Mangaung, Bloemfontein",
    "Nelson Mandela Bay, Port Elizabeth, Gqeberha",
    "Tshwane, Pretoria",
    "Msunduzi, Pietermaritzburg",
    "uMgungundlovu",
    "Ugu",
    "uThukela",
    "uMzinyathi",
    "Amajuba",
    "Zululand",
    "uMkhanyakude",
    "King Cetshwayo",
    "iLembe",
    "Harry Gwala",
    "Newcastle",
    "uMhlathuze, Richards Bay, Empangeni",
    "KwaDukuza",
    "uMngeni",
    "Mpofana",
    "Impendle",
    "Mkhambathini",
    "Richmond",
    "Alfred Duma, Ladysmith",
    "Inkosi Langalibalele",
    "Okhahlamba",
    "Endumeni, Dundee",
    "Nquthu",
    "Umvoti, Greytown",
    "AbaQulusi, Vryheid",
    "Ulundi",
    "Nongoma",
    "Hibiscus Coast",
    "Ray Nkonyeni",
    "Umdoni",
    "Greater Kokstad",
    "Matzikama",
    "Cape Agulhas",
    "Cederberg",
    "Bergrivier",
    "Saldanha Bay",
    "Swartland",
    "Witzenberg",
    "Drakenstein",
    "Stellenbosch",
    "Breede Valley",
    "Langeberg",
    "Theewaterskloof",
    "Overstrand",
    "Swellendam",
    "Hessequa",
    "Mossel Bay",
    "George",
    "Oudtshoorn",
    "Knysna",
    "Bitou",
    "Beaufort West",
    "Emfuleni",
    "Midvaal",
    "Lesedi",
    "Mogale City",
    "Merafong",
    "Rand West",
    "Polokwane",
    "Mbombela, Nelspruit",
    "Emalahleni, Witbank",
    "Steve Tshwete",
    "Govan Mbeki",
    "Rustenburg",
    "Madibeng",
    "Matlosana",
    "Mahikeng, Mafikeng",
    "Sol Plaatje, Kimberley",
    "Matjhabeng",
    "Metsimaholo",
    "Maluti-a-Phofung",
    "Dihlabeng",
    "Makana",
    "Kouga",
    "Ndlambe",
    "Enoch Mgijima",
    "King Sabata Dalindyebo, Mthatha",
)
# Also words, and names of people: these need "Municipality" or a by-law beside them.
_WORDS = frozenset({"george", "newcastle", "richmond", "ugu", "dundee"})
_KNOWN = {name.lower(): names.split(", ")[0] for names in _NAMES for name in names.split(", ")}
_NAMED = re.compile(
    r"(?<![\w-])(?:" + "|".join(re.escape(name) for name in sorted(_KNOWN, key=len, reverse=True)) + r")(?![\w-])",
    re.IGNORECASE,
)
# The first words of the names: a text without any needs no closer look.
_BEGINNINGS = frozenset(re.findall(r"\w+", name)[0] for name in _KNOWN)
_FORM = re.compile(
    r"\b(?:City|Municipality|Township|Town) of (?P<of>(?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+){0,2})|"
    r"(?P<plain>(?:[A-Z][\w'-]+ ){0,2}[\w'-]*[A-Z][\w'-]+) (?:Local |District |Metropolitan )?Municipality(?! of\b)"
)

# One of these stands in whatever it finds.
_FORM_WORDS = ("Municipality", "City of", "Township of", "Town of")


def other_names(name: str) -> tuple[str, ...]:
    """All names of the municipality that `name` is one of, in lower case; `name` alone where it is not known."""
    lower = name.lower()
    first = _KNOWN.get(lower)
    return tuple(other for other, main in _KNOWN.items() if main == first) if first else (lower,)


def named(question: str) -> tuple[str, ...]:
    """The municipalities that a question names, as it writes them."""
    known = not _BEGINNINGS.isdisjoint(re.findall(r"\w+", question.lower()))
    matches = _NAMED.finditer(question) if known else ()
    found = [match.group() for match in matches if match.group().lower() not in _WORDS]
    formed = any(word in question for word in _FORM_WORDS)
    for match in _FORM.finditer(question) if formed else ():
        name = match["of"] or match["plain"]
        words = name.split()
        while words and words[0].lower() in {"the", "in", "of", "does", "what", "which", "local", "our", "this", "a"}:
            del words[0]
        while words and words[-1].lower() in {"local", "district", "metropolitan", "municipality"}:
            del words[-1]
        if words and not any(word in " ".join(words) for word in found):
            found.append(" ".join(words))
    return tuple(dict.fromkeys(found))
