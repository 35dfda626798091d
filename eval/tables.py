"""`python -m eval.tables`: the tables of eval/README.md and README.md, made from the figures in eval/results/.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`; with `--check` nothing is written, and a table that
differs from its figures is named.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.ablation import ALL, ALONE, FIRST, OFF, POOLED, RESULTS

HERE = Path(__file__).parent
PAGES = (HERE / "README.md", HERE.parent / "README.md")
SETS = ("scifact", "feedbackqa_test", "squad2_dev", "qmsum_committee", "za_bylaws_structural")
_PLACE = re.compile(r"(?<=<!-- table: )([\w-]+)( -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)

Figures = Mapping[str, Any]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]]) + "\n"


def finding(results: Figures) -> str:
    """nDCG@10 of the stages alone and together."""
    head = ("set", "questions", *ALONE, ALL, f"{ALL}, even half", f"{ALL}, odd half", "commit")
    return _table(head, [_found(results[name]) for name in SETS if name in results])


def _found(one: Figures) -> list[str]:
    scores = [one["ndcg@10"][name] for name in (*ALONE, ALL)] + [one["even"][ALL], one["odd"][ALL]]
    return [one["dataset"], f"{one['queries']:,}", *(f"{score:.3f}" for score in scores), str(one["commit"])]


def short(results: Figures) -> str:
    """The same, for who wants three columns."""
    head = ("nDCG@10", "all-MiniLM-L6-v2 alone", "BM25 alone", "Khumbula")
    scores = [(name, results[name]["ndcg@10"]) for name in SETS if name in results]
    return _table(head, [[name, *(f"{one[key]:.3f}" for key in ("dense", "terms", ALL))] for name, one in scores])


def stages(results: Figures) -> str:
    """What each stage adds to the others, with its interval, per set and pooled."""
    sets = [name for name in SETS if "gain over" in results.get(name, ())]
    rows = [(f"all over the {FIRST}", FIRST), *((f"with {name}", f"without {name}") for name in OFF)]
    gains = [results[name]["gain over"] for name in sets]
    if POOLED in results:
        gains.append(results[POOLED]["gain over, sets alike"])
        gains.append(results[POOLED]["gain over, questions alike"])
        sets = [*sets, "pooled, sets alike", "pooled, questions alike"]
    body = [[told, *(_gain(of[key]) if key in of else "" for of in gains)] for told, key in rows]
    return _table(("gain in nDCG@10", *sets), body)


def _gain(one: Figures) -> str:
    """In thousandths; bold where the interval leaves out zero."""
    mean, low, high = (f"{1000 * one[name]:+.0f}" for name in ("mean", "low", "high"))
    told = f"{mean} ({low} to {high})".replace("+0 ", "0 ").replace("-0", "0")
    return f"**{told}**" if one["low"] > 0 or one["high"] < 0 else told


def knowing(results: Figures) -> str:
    """AUROC of each score and of the mix; unanswerable questions answered at 5 and 10 % refused."""
    names = ("cosine", "late interaction", "coverage", "margin", "mix")
    rows = [
        [name, *(f"{one[key]:.3f}" for key in names), *(f"{one[f'answered at {n} % refused']:.0%}" for n in (5, 10))]
        for name, one in results["abstention"]["sets"].items()
    ]
    return _table(("set", *names, "answered at 5 % refused", "at 10 % refused"), rows)


def states(results: Figures) -> str:
    """What the asker is shown at the thresholds that are shipped."""
    kinds = [f"{kind}: {state}" for kind in ("answerable", "unanswerable") for state in _STATES]
    rows = [
        [name, *(f"{one[key]:.0%}" for key in kinds)] for name, one in results["abstention"].get("states", {}).items()
    ]
    return _table(("set", *kinds), rows)


_STATES = ("answered", "closest", "nothing")
TABLES: dict[str, Callable[[Figures], str]] = {
    "finding": finding,
    "short": short,
    "stages": stages,
    "knowing": knowing,
    "states": states,
}


def load(folder: Path = RESULTS) -> dict[str, Any]:
    """Every figure, by its file's name."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}


def filled(page: str, results: Figures) -> str:
    """A page with its tables made anew.

    Raises:
        KeyError: it names a table that there is none of, or figures are missing.
    """
    return _PLACE.sub(lambda place: f"{place[1]}{place[2]}{TABLES[place[1]](results)}", page)


def main(arguments: Sequence[str]) -> int:
    """Make the tables anew, or with `--check` say which pages are not as their figures."""
    results = load()
    behind = []
    for path in PAGES:
        page = path.read_text("utf-8")
        made = filled(page, results)
        if made != page:
            behind.append(path.name if path.parent != HERE else f"eval/{path.name}")
        if "--check" not in arguments:
            path.write_text(made, "utf-8")
    if "--check" in arguments and behind:
        print(f"not as their figures: {', '.join(behind)}; run python -m eval.tables", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
