"""RTF control words by what they open or print (specification 1.9.1): silent destinations, characters, facts."""

from __future__ import annotations

# Destinations whose text is no text of the document
SILENT = {
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "objdata", "header", "headerl", "headerr",
    "headerf", "footer", "footerl", "footerr", "footerf", "fldinst", "listtable", "listoverridetable", "revtbl",
    "rsidtbl", "themedata", "colorschememapping", "datastore", "latentstyles", "xmlnstbl", "pgptbl",
    "nonesttables", "generator", "annotation", "atnid", "atnauthor", "atndate", "atnicn", "atnref", "atnparent",
    "atrfstart", "atrfend", "bkmkstart", "bkmkend", "filetbl", "pntxta", "pntxtb", "pnseclvl", "mmathPr",
    "userprops", "docvar", "template", "do", "nonshppict", "sp", "sn", "sv", "ftnsep", "ftnsepc", "aftnsep",
    "aftnsepc", "xe", "tc", "txe", "rxe", "passwordhash", "wgrffmtfilter", "falt", "panose", "blipuid",
    "picprop", "fontemb", "private",
}  # fmt: skip
# Ignorable destinations (\\*) that hold text all the same: text boxes
SPOKEN = {"shpinst", "shptxt", "footnote"}
INFO = {"title", "author", "subject", "keywords", "creatim", "revtim"}
CHARACTERS = {
    "tab": "\t", "line": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "endash": "–",
    "emdash": "—", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "zwj": "", "zwnj": "",
    "lbr": "\n", "page": "\n", "column": "\n", "sect": "\n",
}  # fmt: skip
SYMBOLS = {"~": " ", "_": "-", "\\": "\\", "{": "{", "}": "}"}
