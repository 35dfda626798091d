// Adding documents: dropped or chosen, each sent with its progress, then followed through the queue until it is read.

import { announce, made } from "../elements.js";
import { icon } from "../icons.js";
import { fetched, uploaded } from "../requests.js";
import { whoIsHere } from "../session.js";
import { bytes, t } from "../words.js";
import { acting, field } from "./parts.js";

const EVERY = 1000;

export async function upload(view) {
  const shelf = await fetched("/api/shelf?limit=0", { signal: view.stop.signal });
  const names = made("datalist", { id: "collections" }, shelf.facets.collection.map(({ value }) => made("option", { value })));
  const collection = made("input", { id: "collection", value: "documents", required: true, maxlength: "150", list: "collections", autocomplete: "off" });
  const { labels } = whoIsHere();
  const label = labels
    ? made("select", { id: "label" }, labels.map((value) => made("option", { value, selected: value === "public" }, value)))
    : made("input", { id: "label", value: "public", required: true, maxlength: "150", autocomplete: "off" });
  const list = made("ul", { class: "shelf", "aria-label": t("upload.list") });
  const where = () => ({ collection: collection.value.trim(), label: label.value.trim() });
  return [
    made("div", { class: "fields" }, field(t("upload.collection"), collection, t("upload.collection_hint")), names,
      field(t("upload.label"), label, t("upload.label_hint"))),
    dropZone(view, (chosen) => take(view, chosen, where(), list)),
    list,
  ];
}

function dropZone(view, take_) {
  const picker = made("input", { type: "file", multiple: true, id: "files", class: "unseen", onchange: acting(view, async () => { await take_([...picker.files]); picker.value = ""; }) });
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  const zone = made("div", {
    id: "drop", class: "drop", ondragenter: over(true), ondragover: over(true), ondragleave: over(false),
    ondrop: acting(view, async (event) => { zone.classList.remove("over"); await take_([...event.dataTransfer.files]); }),
  }, icon("upload"), made("p", {}, t("upload.drop")), picker, made("label", { for: "files", class: "primary" }, t("upload.choose")), made("p", { class: "hint" }, t("upload.kinds")));
  return zone;
}

async function take(view, chosen, where, list) {
  for (const file of chosen) await one(view, file, where, list);
}

// Sent one after another; each is followed by itself, so that the next need not wait until it is read.
async function one(view, file, where, list) {
  const bar = made("progress", { "aria-label": file.name, max: file.size || 1, value: "0" });
  const state = made("span", { class: "state" }, t("upload.sending"));
  const row = made("li", { class: "card sent" }, made("div", { class: "sent-head" }, made("strong", {}, file.name), made("span", { class: "when" }, bytes(file.size)), state), bar);
  list.prepend(row);
  try {
    const query = new URLSearchParams({ name: file.name, ...where });
    const job = await uploaded(`/api/admin/uploads?${query}`, file, (sent) => { bar.value = sent; });
    follow(view, job, { row, bar, state });
  } catch (error) {
    ended({ row, bar, state }, "bad", error.message);
  }
}

async function follow(view, job, parts) {
  parts.state.textContent = t("job.waiting");
  parts.bar.removeAttribute("value");
  while (!view.stop.signal.aborted) {
    const { jobs } = await fetched("/api/admin/queue", { signal: view.stop.signal }).catch(() => ({ jobs: [job] }));
    const now = jobs.find(({ id }) => id === job.id) ?? job;
    if (now.ended_at) { tellEnd(now, parts); return; }
    parts.state.textContent = t(now.state === "running" ? "job.running" : "job.waiting");
    await new Promise((next) => setTimeout(next, EVERY));
  }
}

function tellEnd(job, parts) {
  if (job.message) { ended(parts, "bad", job.message); return; }
  const [outcome] = Object.keys(job.outcomes);
  ended(parts, "well", outcome ? t(`outcome.${outcome}`) : t("job.done"));
}

function ended({ row, bar, state }, mood, words) {
  bar.remove();
  row.classList.add(mood);
  state.replaceChildren(icon(mood === "bad" ? "no" : "yes"), words);
  announce(`${row.querySelector("strong").textContent}: ${words}`);
}
