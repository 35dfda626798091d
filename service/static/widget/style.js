// How the widget looks. A constructed stylesheet: a page's policy (style-src) says nothing about it, and a page's own
// rules end at the shadow root. Sizes are in em of the reader's own letter size, not of the page's.
// A page may set --khumbula-brand, -brand-ink, -ground, -card, -ink, -soft, -line, -font, -round, -inset and -width.

const LIGHT = `
  color-scheme: light;
  --ground: var(--khumbula-ground, #f6f5f1); --card: var(--khumbula-card, #fff);
  --ink: var(--khumbula-ink, #1b2322); --soft: var(--khumbula-soft, #56625f); --line: var(--khumbula-line, #d8d8cf);
  --edge: #7d8885; --brand: var(--khumbula-brand, #0b5d57); --brand-ink: var(--khumbula-brand-ink, #fff);
  --tint: color-mix(in srgb, var(--brand) 11%, var(--card));
  --head: var(--brand); --head-ink: var(--brand-ink); --asked: var(--brand); --asked-ink: var(--brand-ink);
  --warn: #7a4300; --warn-tint: #fcf0db; --bad: #931a1a; --bad-tint: #fbe8e6; --mark: #ffe58a; --mark-ink: #1b2322;
  --shadow: 0 .1em .25em rgb(20 30 28 / 14%), 0 .6em 2em rgb(20 30 28 / 22%);`;
const DARK = `
  color-scheme: dark;
  --ground: var(--khumbula-ground, #121716); --card: var(--khumbula-card, #1c2322);
  --ink: var(--khumbula-ink, #e8edeb); --soft: var(--khumbula-soft, #a5b2af); --line: var(--khumbula-line, #34403d);
  --edge: #84918e; --brand: var(--khumbula-brand, #74cec3); --brand-ink: var(--khumbula-brand-ink, #0a1917);
  --tint: color-mix(in srgb, var(--brand) 16%, var(--card));
  --head: var(--card); --head-ink: var(--ink); --asked: var(--tint); --asked-ink: var(--ink);
  --warn: #f2bc6d; --warn-tint: #33270f; --bad: #f5a39b; --bad-tint: #3b1b18; --mark: #7d6300; --mark-ink: #fff;
  --shadow: 0 .1em .25em rgb(0 0 0 / 50%), 0 .6em 2em rgb(0 0 0 / 60%);`;

// What stands before the page's rules, which reach the element itself and nothing in it.
const HOST = `
:host { all: initial !important; display: block !important; position: absolute !important; width: 0 !important; height: 0 !important; }
:host::before, :host::after { content: none !important; }
:host([hidden]) { display: none !important; }
.khumbula { ${LIGHT} }
:host([theme="dark"]) .khumbula { ${DARK} }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) .khumbula { ${DARK} } }
.khumbula {
  position: fixed; inset: auto; width: 0; height: 0; margin: 0; padding: 0; border: 0; overflow: visible; background: none; z-index: 2147483647;
  color: var(--ink); font: medium/1.5 var(--khumbula-font, system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif);
  text-align: left; --round: var(--khumbula-round, .75em); --inset: var(--khumbula-inset, 1.25em);
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
`;

const PARTS = `
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, h4, p, ul, ol, blockquote, fieldset { margin: 0; padding: 0; border: 0; font: inherit; }
ul, ol { list-style: none; }
button, textarea, input { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; background: none; border: 1px solid transparent; border-radius: var(--round); padding: 0; text-align: inherit; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { width: 1.25em; height: 1.25em; flex: none; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.grow { flex: 1; }
.row { display: flex; flex-wrap: wrap; gap: .5em; }
.where, .hint, .leaning, .waiting, .count { color: var(--soft); font-size: .875em; }
mark { background: var(--mark); color: var(--mark-ink); padding: .05em .1em; margin: 0 -.1em; border-radius: .2em; }
.badge { display: inline-block; font-size: .8125em; font-weight: 600; line-height: 1.4; padding: 0 .5em; margin-left: .5em; border-radius: .4em; background: var(--warn-tint); color: var(--warn); white-space: nowrap; }
.quiet, .primary { display: inline-flex; align-items: center; justify-content: center; gap: .4em; min-height: 2.25em; padding: .25em .75em; font-size: .9375em; line-height: 1.35; text-decoration: none; border-radius: var(--round); }
.quiet { background: var(--card); color: var(--ink); border: 1px solid var(--line); }
.quiet:hover { border-color: var(--brand); color: var(--brand); }
.quiet[aria-pressed="true"] { background: var(--brand); color: var(--brand-ink); border-color: var(--brand); }
.primary { background: var(--brand); color: var(--brand-ink); font-weight: 620; }
.link { color: var(--brand); text-decoration: underline; text-underline-offset: .15em; border-radius: .2em; }
.tool { display: inline-flex; align-items: center; justify-content: center; flex: none; width: 2.25em; height: 2.25em; color: inherit; border-radius: var(--round); }
.tool:disabled { opacity: .4; cursor: default; }

.launcher {
  position: fixed; bottom: calc(var(--inset) + env(safe-area-inset-bottom, 0px)); right: var(--inset);
  display: inline-flex; align-items: center; gap: .55em; max-width: calc(100vw - 2 * var(--inset)); min-height: 3.25em; padding: .6em 1.25em .6em 1.05em;
  background: var(--brand); color: var(--brand-ink); font-weight: 620; border-radius: 3em; box-shadow: var(--shadow);
  animation: rise .25s ease-out;
}
:host([side="left"]) .launcher, :host([side="left"]) .panel { right: auto; left: var(--inset); }
.launcher:hover { filter: brightness(1.08); }
.launcher:focus-visible { outline: 3px solid var(--card); box-shadow: 0 0 0 6px var(--brand); }
.launcher.opening .icon { animation: breathe .8s ease-in-out infinite alternate; }

.panel {
  position: fixed; inset: auto var(--inset) calc(var(--inset) + env(safe-area-inset-bottom, 0px)) auto; margin: 0; padding: 0; border: 1px solid var(--line); overflow: hidden;
  width: min(var(--khumbula-width, 26em), 100vw - 2 * var(--inset)); height: min(44em, 100dvh - 2 * var(--inset)); max-width: none; max-height: none;
  flex-direction: column; background: var(--ground); color: var(--ink); border-radius: calc(var(--round) * 1.4); box-shadow: var(--shadow); animation: rise .2s ease-out;
}
.panel[open] { display: flex; }
.panel.wide { width: min(38em, 100vw - 2 * var(--inset)); height: calc(100dvh - 2 * var(--inset)); }
.panel:modal, :host([side="left"]) .panel:modal { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; animation: none; }
.panel::backdrop { background: var(--ground, #000); }
.head { display: flex; align-items: center; gap: .35em; flex: none; padding: .55em .6em .55em 1em; background: var(--head); color: var(--head-ink); border-bottom: 1px solid color-mix(in srgb, var(--line), transparent 50%); }
.head h2 { flex: 1; min-width: 0; overflow-wrap: anywhere; font-weight: 660; font-size: 1.0625em; padding-left: .2em; }
.head .tool:hover { background: color-mix(in srgb, currentcolor 16%, transparent); }
.head :focus-visible { outline-color: currentcolor; outline-offset: -3px; }
.talk { display: flex; flex-direction: column; flex: 1; min-height: 0; }
.thread { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1em; overflow-wrap: anywhere; }
.thread:focus-visible, .page:focus-visible { outline-offset: -3px; }

.first { display: grid; gap: .6em; padding: 1.5em .25em; }
.first h3 { font-size: 1.375em; font-weight: 660; line-height: 1.25; letter-spacing: -.01em; }
.first p { color: var(--soft); }
.suggestions { display: grid; gap: .5em; margin-top: .6em; }
.suggestion { display: block; width: 100%; background: var(--card); border-color: var(--line); padding: .65em .9em; }
.suggestion:hover { border-color: var(--brand); color: var(--brand); }

.ask { display: flex; align-items: flex-end; gap: .5em; flex: none; padding: .75em; padding-bottom: calc(.75em + env(safe-area-inset-bottom, 0px)); border-top: 1px solid var(--line); background: var(--card); }
textarea { display: block; width: 100%; min-width: 0; resize: none; background: var(--card); border: 1px solid var(--edge); border-radius: var(--round); padding: .6em .8em; line-height: 1.4; }
textarea:focus-visible { outline-offset: -1px; outline-width: 2px; }
.ask textarea { flex: 1; min-height: 2.75em; max-height: 9em; }
::placeholder { color: var(--soft); opacity: 1; }
.ask textarea:placeholder-shown { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.send { display: inline-flex; align-items: center; justify-content: center; flex: none; width: 2.75em; height: 2.75em; background: var(--brand); color: var(--brand-ink); border-radius: var(--round); }
.send:hover { filter: brightness(1.08); }
`;

const ANSWERS = `
.turn { padding-bottom: 1.5em; }
.turn:last-child { min-height: 100%; }
.asked { width: fit-content; max-width: 88%; margin-left: auto; padding: .55em .9em; background: var(--asked); color: var(--asked-ink); border-radius: 1.1em 1.1em .25em 1.1em; white-space: pre-wrap; }
.verdict { display: flex; align-items: center; gap: .5em; margin: 1em 0 .45em; font-size: .875em; font-weight: 620; color: var(--soft); }
.verdict::before { content: ""; width: .6em; height: .6em; border-radius: 50%; background: currentcolor; flex: none; }
.verdict.answered { color: var(--brand); }
.verdict.closest, .verdict.nothing { color: var(--warn); }
.leaning { margin-bottom: .5em; }
.answer { padding: .8em 1em; background: var(--card); border: 1px solid var(--line); border-radius: .25em var(--round) var(--round); white-space: pre-line; }
.answer p + p { margin-top: .7em; }
.verdict.nothing ~ .answer, .verdict.closest ~ .answer { background: var(--warn-tint); border-color: transparent; }
.marker { font-size: .8em; font-weight: 680; line-height: 1; vertical-align: .12em; min-width: 1.9em; min-height: 1.9em; padding: .2em .4em; margin: 0 .15em; text-align: center; background: var(--tint); color: var(--brand); border-radius: .45em; }
.marker:hover { background: var(--brand); color: var(--brand-ink); }
.notes { display: grid; gap: .4em; margin-top: .6em; font-size: .9375em; }
.notes li { padding: .5em .8em; border-radius: .25em var(--round) var(--round) .25em; background: var(--warn-tint); border-left: .25em solid var(--warn); }
.sources { margin-top: .9em; }
.sources h4 { font-size: .875em; font-weight: 620; color: var(--soft); margin-bottom: .4em; }
.sources > .link { margin-top: .5em; }
.citations { display: grid; gap: .4em; }
.citation { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 .7em; width: 100%; background: var(--card); border-color: var(--line); padding: .55em .75em; font-size: .9375em; line-height: 1.4; }
.citation.numbered { grid-template-columns: auto minmax(0, 1fr); }
.citation:hover { border-color: var(--brand); }
.number { grid-row: span 3; align-self: start; min-width: 1.8em; text-align: center; font-weight: 680; font-size: .875em; background: var(--tint); color: var(--brand); border-radius: .45em; padding: .1em .3em; }
.citation .title { font-weight: 600; }
.citation .quote { margin-top: .2em; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.feedback { display: flex; flex-wrap: wrap; align-items: center; gap: .4em; margin-top: .9em; font-size: .9375em; color: var(--soft); }
.feedback .thanks { color: var(--brand); }
.feedback-form { display: grid; gap: .45em; width: 100%; color: var(--ink); padding: .8em .9em; background: var(--card); border: 1px solid var(--line); border-radius: var(--round); }
fieldset { min-width: 0; display: grid; gap: .35em; margin-bottom: .3em; }
legend { font-weight: 600; padding: 0; margin-bottom: .35em; }
.choice { display: flex; align-items: baseline; gap: .5em; cursor: pointer; }
input[type="radio"] { accent-color: var(--brand); width: 1.1em; height: 1.1em; flex: none; margin: 0; position: relative; top: .15em; }
.notice { display: grid; gap: .6em; justify-items: start; margin-top: 1em; padding: .8em 1em; border-radius: var(--round); background: var(--tint); }
.notice.error, .waiting.error { background: var(--bad-tint); color: var(--bad); }
.skeleton { display: grid; gap: .6em; padding: 1em; background: var(--card); border-radius: var(--round); }
.skeleton span { height: .9em; border-radius: .4em; background: linear-gradient(90deg, var(--line) 25%, var(--tint) 50%, var(--line) 75%) 0 0 / 200% 100%; animation: wait 1.4s linear infinite; }
.skeleton span:last-child { width: 60%; }
`;

const PREVIEW = `
.preview { display: flex; flex-direction: column; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; overflow-wrap: anywhere; }
.bar { display: flex; align-items: center; gap: .25em; flex: none; padding: .5em .75em; border-bottom: 1px solid var(--line); background: var(--card); }
.cited { display: grid; gap: .4em; flex: none; padding: .8em 1em; }
.cited h3 { font-weight: 650; line-height: 1.3; }
blockquote { padding-left: .8em; border-left: .25em solid var(--brand); max-height: 7.5em; overflow-y: auto; }
.waiting { padding: .5em 1em; }
.thread .waiting { padding: 1.5em .25em; }
.page { flex: 1 0 auto; height: 18em; overflow: auto; overscroll-behavior: contain; border-top: 1px solid var(--line); background: var(--card); }
.picture { display: block; width: 100%; background: #fff; }
.larger .picture { width: 180%; }
.text { margin: 0; padding: 1em; font: inherit; font-size: .9375em; white-space: pre-wrap; }
`;

const MEDIA = `
@keyframes wait { to { background-position: -200% 0; } }
@keyframes rise { from { opacity: 0; transform: translateY(.6em); } }
@keyframes breathe { to { opacity: .4; } }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
@media (pointer: coarse) { .tool, .quiet, .primary, .suggestion { min-height: 2.75em; } .tool { width: 2.75em; height: 2.75em; } }
@media (forced-colors: active) { .launcher, .send, .marker, .number, .badge, .asked, .quiet[aria-pressed="true"] { border: 1px solid; } }
@media (max-width: 18em) { .head { padding-left: .5em; gap: 0; } .head > .icon { display: none; } .head h2 { font-size: .8125em; padding: 0; } .head .tool { width: 1.75em; } .thread, .cited { padding: .6em; } .asked { max-width: 100%; } .bar { flex-wrap: wrap; } .bar .tool { width: 1.75em; } }
@media print { .khumbula { display: none; } }
`;

export const STYLE = HOST + PARTS + ANSWERS + PREVIEW + MEDIA;
