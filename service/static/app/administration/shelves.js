// Collections and access labels; and putting a document under another label.

import { made } from "../elements.js";
import { fetched } from "../requests.js";
import { figure, t } from "../words.js";
import { acting, field, table, tell } from "./parts.js";

export async function shelves(view) {
  const found = await fetched("/api/admin/collections", { signal: view.stop.signal });
  const form = relabelling(view, found.labels);
  return [
    // Who comes from a document's page wants this.
    view.asked.has("number") && form,
    table(t("shelves.labels"), [t("shelves.label"), t("shelves.documents"), t("shelves.held_by")], found.labels.map((one) =>
      [one.label, figure(one.documents), one.label === "public" ? t("shelves.everybody") : one.users.join(", ") || t("shelves.nobody")])),
    table(t("shelves.collections"), [t("shelves.collection"), t("shelves.label"), t("shelves.documents"), t("shelves.versions")],
      found.collections.map((one) => [one.collection, one.label, figure(one.documents), figure(one.versions)])),
    !view.asked.has("number") && form,
  ];
}

function relabelling(view, labels) {
  const document_ = made("input", { type: "number", min: "1", required: true, value: view.asked.get("number"), inputmode: "numeric" });
  const label = made("input", { required: true, maxlength: "150", list: "known-labels", autocomplete: "off" });
  const form = made("form", { class: "fields", onsubmit: acting(view, async () => {
    const job = await fetched(`/api/admin/documents/${document_.value}/label`, { method: "POST", json: { label: label.value.trim() } });
    await view.again();
    tell(view, t("shelves.relabelled", { number: document_.value, label: label.value.trim(), job: job.id }));
  }) },
  field(t("shelves.document"), document_, t("shelves.document_hint")), field(t("shelves.new_label"), label, t("shelves.new_label_hint")),
  made("datalist", { id: "known-labels" }, labels.map((one) => made("option", { value: one.label }))),
  made("button", { type: "submit", class: "primary" }, t("shelves.relabel")));
  return made("section", { "aria-labelledby": "relabel-title" }, made("h3", { id: "relabel-title" }, t("shelves.relabelling")), form);
}
