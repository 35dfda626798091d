// The queue: what is being read, what waits, what was done. It follows by itself while something is under way.

import { made } from "../elements.js";
import { fetched } from "../requests.js";
import { counted, figure, t } from "../words.js";
import { badge, moment } from "./parts.js";

const EVERY = 2000;
const MOODS = { waiting: "plain", running: "", done: "plain", failed: "bad" };

export async function queue(view) {
  const { jobs } = await fetched("/api/admin/queue", { signal: view.stop.signal });
  if (jobs.some((job) => !job.ended_at)) {
    const timer = setTimeout(view.again, EVERY);
    view.stop.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }
  if (!jobs.length) return [made("p", { class: "notice" }, t("queue.empty"))];
  return [made("ul", { class: "shelf jobs" }, jobs.map(item))];
}

function item(job) {
  const outcomes = Object.entries(job.outcomes).map(([outcome, count]) => `${figure(count)} ${t(`outcome.${outcome}`)}`).join(", ");
  const failed = job.message && job.state !== "running";
  return made("li", { class: "card" },
    made("div", { class: "sent-head" }, made("strong", {}, job.what), badge(t(`job.${job.state}`), failed ? "bad" : MOODS[job.state])),
    made("p", { class: "when" }, t("queue.by", { number: job.id, user: job.by, when: moment(job.at) })),
    job.state === "running" && progress(job),
    outcomes && made("p", {}, outcomes),
    job.message && made("p", { class: failed ? "why-not" : "when" }, job.message));
}

function progress(job) {
  const words = job.total ? t("queue.steps", { done: figure(job.done), total: figure(job.total), stage: stage(job.stage) }) : t("job.running");
  return made("div", {}, made("progress", { "aria-label": job.what, max: job.total || null, value: job.total ? job.done : null }), made("p", { class: "when" }, words));
}

const STAGES = new Set(["reading", "ocr", "facts"]);

function stage(name) {
  const known = name.toLowerCase();
  return STAGES.has(known) ? t(`stage.${known}`) : name;
}
