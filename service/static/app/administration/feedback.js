// What people said about answers, for who answers for the documents; and the questions that had no answer.

import { made } from "../elements.js";
import { icon } from "../icons.js";
import { fetched } from "../requests.js";
import { t } from "../words.js";
import { acting, badge, field, moment, table, tell } from "./parts.js";

const STATES = ["open", "in hand", "done", "declined"];
const keyOf = (status) => `state.${status.replace(" ", "_")}`;
const MOODS = { open: "", "in hand": "", done: "plain", declined: "plain" };

export async function feedback(view) {
  const { signal } = view.stop;
  const [said, missing] = await Promise.all([fetched("/api/admin/feedback?limit=200", { signal }), fetched("/api/admin/gaps?limit=200", { signal })]);
  return [
    said.feedback.length ? made("ul", { class: "shelf" }, said.feedback.map((one) => item(view, one))) : made("p", { class: "notice" }, t("feedback.none_yet")),
    table(t("feedback.gaps"), [t("feedback.question"), t("feedback.custodian"), t("feedback.when"), t("feedback.state")],
      missing.gaps.map((gap) => [gap.question, gap.custodian ?? t("feedback.nobody"), moment(gap.asked_at), badge(t(keyOf(gap.status)), MOODS[gap.status] ?? "plain")])),
  ];
}

function item(view, one) {
  const cited = [...(one.answer?.citations ?? []), ...(one.answer?.closest ?? [])].find(({ marker }) => marker === one.wrong_citation);
  return made("li", { class: "card" },
    made("div", { class: "sent-head" }, made("strong", {}, one.question), badge(t(keyOf(one.status)), MOODS[one.status])),
    made("p", { class: one.useful ? "verdict answered" : "verdict nothing" }, icon(one.useful ? "yes" : "no"), t(one.useful ? "feedback.useful" : "feedback.not_useful")),
    one.text && made("blockquote", {}, one.text),
    cited && made("p", {}, t("feedback.wrong_source"), " ", made("a", { href: cited.url, "data-go": true }, cited.title)),
    one.answer && made("details", {}, made("summary", {}, t("feedback.the_answer")), made("p", {}, one.answer.answer)),
    made("p", { class: "when" }, t("feedback.facts", { user: one.user, when: moment(one.at), custodian: one.custodian ?? t("feedback.nobody") })),
    replying(view, one));
}

function replying(view, one) {
  const status = made("select", {}, STATES.map((state) => made("option", { value: state, selected: state === one.status }, t(keyOf(state)))));
  const reply = made("textarea", { rows: "2", maxlength: "5000" }, one.reply);
  return made("form", { class: "replying", onsubmit: acting(view, async () => {
    await fetched(`/api/admin/feedback/${one.id}`, { method: "POST", json: { status: status.value, reply: reply.value } });
    await view.again();
    tell(view, t("feedback.replied", { user: one.user }));
  }) }, field(t("feedback.state"), status), field(t("feedback.reply"), reply), made("button", { type: "submit", class: "quiet" }, t("feedback.send_reply")));
}
