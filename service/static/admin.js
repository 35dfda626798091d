// The pages of administration: one section at a time, each from the HTTP interface. Texts are set as text, never HTML.
const at = (id) => document.getElementById(id);
let me = null;

function made(tag, facts = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

function problem(error) {
  at("problem").textContent = error ? error.message : "";
  at("problem").hidden = !error;
}

async function call(method, path, body) {
  const headers = me?.csrf ? { "X-CSRF-Token": me.csrf } : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answered = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answered.status === 401) location.assign("/sign-in?next=/admin");
  if (!answered.ok) throw new Error((await answered.json().catch(() => ({}))).detail ?? `the service answered ${answered.status}`);
  return answered.status === 204 ? null : answered.json();
}

function act(work) {
  return async (event) => {
    event?.preventDefault();
    try { problem(null); await work(event); } catch (error) { problem(error); }
  };
}

function table(caption, columns, rows) {
  const head = made("tr", {}, ...columns.map((name) => made("th", { scope: "col" }, name)));
  const body = rows.map((row) => made("tr", {}, ...row.map((cell) => made("td", {}, cell ?? ""))));
  if (!rows.length) body.push(made("tr", {}, made("td", { colspan: columns.length }, "Nothing here.")));
  return made("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    made("table", {}, made("caption", {}, caption), made("thead", {}, head), made("tbody", {}, ...body)));
}

function field(label, facts) {
  return made("label", {}, `${label} `, made("input", facts));
}

const button = (text, work) => made("button", { type: "button", onclick: act(work) }, text);
const words = (text) => text.split(",").map((part) => part.trim()).filter(Boolean);
const bytes = (count) => count >= 2 ** 30 ? `${(count / 2 ** 30).toFixed(1)} GiB` : `${(count / 2 ** 20).toFixed(1)} MiB`;

async function files() {
  const [all, failed] = [await call("GET", "/api/admin/files?limit=100"), await call("GET", "/api/admin/files?failed=true&limit=100")];
  const retry = (paths) => button(paths ? "Retry" : "Retry all", async () => {
    const { jobs } = await call("POST", "/api/admin/files/retry", { paths });
    at("told").textContent = `${jobs.length} jobs queued.`;
  });
  return [
    made("p", {}, Object.entries(all.outcomes).map(([outcome, count]) => `${count} ${outcome}`).join(", ")),
    failed.files.length ? retry(null) : null,
    table(`Failed (${failed.total})`, ["File", "What", "Why", ""], failed.files.map((f) => [f.path, f.outcome, f.reason, retry([f.path])])),
    table(`All files (${all.total}), newest first`, ["File", "What", "When", "Bytes"], all.files.map((f) => [f.path, f.outcome, f.at, String(f.size)])),
  ];
}

function send(file, collection, label, bar, said) {
  const query = new URLSearchParams({ name: file.name, collection, label });
  return new Promise((resolve, reject) => {
    // fetch tells nothing of how far a body has been sent.
    const request = new XMLHttpRequest();
    request.open("PUT", `/api/admin/uploads?${query}`);
    if (me.csrf) request.setRequestHeader("X-CSRF-Token", me.csrf);
    request.upload.onprogress = (event) => { bar.max = event.total; bar.value = event.loaded; };
    request.onerror = () => reject(new Error(`${file.name}: the service cannot be reached`));
    request.onload = () => {
      const answer = JSON.parse(request.responseText || "{}");
      if (request.status !== 202) return reject(new Error(answer.detail ?? `${file.name}: ${request.status}`));
      said.textContent = `${file.name}: sent, and queued as job ${answer.id}`;
      return resolve(answer);
    };
    request.send(file);
  });
}

async function upload() {
  const list = made("ul");
  const collection = made("input", { id: "collection", value: "documents", required: true });
  const label = made("input", { id: "label", value: "public", required: true, list: "labels" });
  const take = async (chosen) => {
    for (const file of chosen) {
      const bar = made("progress", { "aria-label": file.name });
      const said = made("span", {}, file.name);
      list.append(made("li", {}, said, bar));
      try { await send(file, collection.value, label.value, bar, said); } catch (error) { said.textContent = error.message; }
    }
  };
  const picker = made("input", { type: "file", multiple: true, id: "files", onchange: act(() => take([...picker.files])) });
  const over = (on) => (event) => { event.preventDefault(); drop.classList.toggle("over", on); };
  const drop = made("div", { id: "drop", ondragover: over(true), ondragleave: over(false),
    ondrop: act(async (event) => { drop.classList.remove("over"); await take([...event.dataTransfer.files]); }) },
  made("label", { for: "files" }, "Drop files here, or choose them: "), picker);
  return [
    made("div", { class: "row" }, made("label", { for: "collection" }, "Collection"), collection,
      made("label", { for: "label" }, "Who may see it (label)"), label,
      made("datalist", { id: "labels" }, ...(me.labels ?? ["public"]).map((value) => made("option", { value })))),
    drop, list,
  ];
}

async function queue() {
  const { jobs } = await call("GET", "/api/admin/queue");
  const row = (job) => [String(job.id), job.what, job.by, job.state, job.total ? made("progress", { value: job.done, max: job.total, "aria-label": job.stage }) : "",
    [job.message, ...Object.entries(job.outcomes).map(([name, count]) => `${count} ${name}`)].filter(Boolean).join("; ")];
  if (jobs.some((job) => !job.ended_at)) setTimeout(() => location.hash === "#queue" && show(), 2000);
  return [table("Queue, newest first", ["Job", "What", "By", "State", "Done", "Result"], jobs.map(row))];
}

async function collections() {
  const found = await call("GET", "/api/admin/collections");
  const relabel = made("form", { class: "row", onsubmit: act(async () => {
    const job = await call("POST", `/api/admin/documents/${relabel.elements.document.value}/label`, { label: relabel.elements.label.value });
    at("told").textContent = `Done; search follows with job ${job.id}.`;
    await show();
  }) }, field("Document", { name: "document", type: "number", min: "1", required: true }), field("New label", { name: "label", required: true }), made("button", {}, "Put under another label"));
  return [
    table("Collections", ["Collection", "Label", "Documents", "Versions"], found.collections.map((c) => [c.collection, c.label, String(c.documents), String(c.versions)])),
    table("Access labels", ["Label", "Documents", "Held by"], found.labels.map((l) => [l.label, String(l.documents), l.label === "public" ? "everybody" : l.users.join(", ")])),
    relabel,
  ];
}

async function users() {
  const { users: found } = await call("GET", "/api/admin/users");
  const path = (user) => `/api/admin/users/${encodeURIComponent(user.user)}`;
  const row = (user) => {
    const roles = made("input", { value: user.roles.join(", "), "aria-label": `Roles of ${user.user}` });
    const labels = made("input", { value: user.labels.join(", "), "aria-label": `Labels of ${user.user}` });
    const posts = made("input", { value: user.posts.join(", "), "aria-label": `Posts of ${user.user}` });
    const change = (facts) => async () => { await call("PATCH", path(user), facts()); at("told").textContent = `${user.user}: changed.`; await show(); };
    return [`${user.name} (${user.user})`, user.account, roles, labels, posts, made("div", { class: "row" },
      button("Save", change(() => ({ roles: words(roles.value), labels: words(labels.value), posts: words(posts.value) }))),
      button(user.disabled ? "Enable" : "Disable", change(() => ({ disabled: !user.disabled }))),
      user.account === "local" ? button("New password", async () => { const { password } = await call("POST", `${path(user)}/password`); at("told").textContent = `${user.user}: the password is ${password}`; }) : null,
      button("Sign out", async () => { const { sessions } = await call("POST", `${path(user)}/sign-out`); at("told").textContent = `${user.user}: ${sessions} sessions ended.`; }))];
  };
  const add = made("form", { class: "row", onsubmit: act(async () => {
    const { user, name, roles, labels } = add.elements;
    const new_ = { user: user.value, name: name.value, roles: words(roles.value), labels: words(labels.value) };
    const told = await call("POST", "/api/admin/users", new_);
    await show();
    at("told").textContent = `${told.user}: the password is ${told.password}, told this once.`;
  }) }, field("Sign-in name", { name: "user", required: true }), field("Name", { name: "name" }), field("Roles", { name: "roles", value: "reader" }), field("Labels", { name: "labels" }), made("button", {}, "Add"));
  return [table("Users", ["User", "Account", "Roles", "Labels", "Posts", ""], found.map(row)), add];
}

async function tokens() {
  const { tokens: found } = await call("GET", "/api/admin/tokens");
  const row = (token) => [token.name, token.abilities.join(", "), token.labels.join(", "), token.used_at ?? "never", token.live
    ? button("Revoke", async () => { await call("DELETE", `/api/admin/tokens/${encodeURIComponent(token.name)}`); await show(); })
    : token.revoked_at ? "revoked" : "expired"];
  const add = made("form", { class: "row", onsubmit: act(async () => {
    const { name, abilities, labels } = add.elements;
    const told = await call("POST", "/api/admin/tokens", { name: name.value, abilities: words(abilities.value), labels: words(labels.value) });
    await show();
    at("told").textContent = `${told.name}: ${told.secret} — told this once.`;
  }) }, field("Name", { name: "name", required: true }), field("Abilities (ask, widget, upload, metrics)", { name: "abilities", required: true }), field("Labels", { name: "labels", value: "public" }), made("button", {}, "Make"));
  return [table("Keys of other programs", ["Name", "Abilities", "Labels", "Used", ""], found.map(row)), add];
}

async function feedback() {
  const { feedback: found } = await call("GET", "/api/admin/feedback");
  const { gaps } = await call("GET", "/api/admin/gaps");
  const row = (one) => {
    const status = made("select", { "aria-label": `Status of ${one.id}` }, ...["open", "in hand", "done", "declined"].map((value) => made("option", { selected: value === one.status }, value)));
    const reply = made("textarea", { "aria-label": `Reply to ${one.id}`, rows: "2" }, one.reply);
    return [one.question, one.useful ? "useful" : "not useful", one.text, one.custodian ?? "nobody", one.user, status, reply,
      button("Reply", async () => { await call("POST", `/api/admin/feedback/${one.id}`, { status: status.value, reply: reply.value }); at("told").textContent = "The asker will be told."; })];
  };
  return [
    table("Feedback", ["Question", "", "Said", "Custodian", "By", "Status", "Reply", ""], found.map(row)),
    table("Questions without an answer", ["Question", "Asked by", "When", "Custodian", "Status"], gaps.map((g) => [g.question, g.asked_by, g.asked_at, g.custodian, g.status])),
  ];
}

async function installation() {
  const [health, room, settings] = [await call("GET", "/api/admin/health"), await call("GET", "/api/admin/storage"), await call("GET", "/api/admin/settings")];
  const marks = { good: "well", warning: "look at", bad: "WRONG" };
  return [
    table("Health", ["What", "", "Finding"], health.findings.map((f) => [f.about, marks[f.level], f.says])),
    table("Storage", ["Part", "Room"], [...Object.entries(room.parts).map(([part, size]) => [part, bytes(size)]), ["free", bytes(room.free)]]),
    table("Settings in force", ["Setting", "Value", "Meaning"], settings.settings.map((s) => [s.name, s.value + (s.default ? "" : " (changed)"), s.meaning])),
  ];
}

async function audit() {
  const { entries } = await call("GET", "/api/admin/audit?limit=1000");
  return [
    made("div", { class: "row" }, made("a", { class: "button", href: "/api/admin/audit/export" }, "Export all"), button("Look for tampering", async () => {
      const found = await call("GET", "/api/admin/audit/verify");
      at("told").textContent = found.faults.length ? `TAMPERED WITH: ${found.faults.join("; ")}` : `${found.entries} entries, untouched. Head: ${found.head}`;
    })),
    table("Entries", ["", "When", "Who", "By", "What", "Details"], entries.reverse().map((e) => [String(e.seq), e.at, e.actor, e.via, e.action, JSON.stringify(e.detail)])),
  ];
}

const ADMINISTRATOR = "administrator";
const SECTIONS = {
  files: ["Files", files, [ADMINISTRATOR]],
  upload: ["Upload", upload, ["contributor", ADMINISTRATOR]],
  queue: ["Queue", queue, ["contributor", ADMINISTRATOR]],
  collections: ["Collections", collections, [ADMINISTRATOR]],
  users: ["Users", users, [ADMINISTRATOR]],
  tokens: ["Keys", tokens, [ADMINISTRATOR]],
  feedback: ["Feedback", feedback, ["custodian", ADMINISTRATOR]],
  installation: ["Installation", installation, [ADMINISTRATOR]],
  audit: ["Audit", audit, ["auditor"]],
};

async function show() {
  problem(null);
  const mine = Object.entries(SECTIONS).filter(([, [, , roles]]) => roles.some((role) => me.roles.includes(role)));
  const chosen = mine.find(([name]) => `#${name}` === location.hash) ?? mine[0];
  at("sections").replaceChildren(made("a", { href: "/" }, "Ask"), ...mine.map(([name, [title]]) =>
    made("a", { href: `#${name}`, "aria-current": name === chosen[0] ? "page" : null }, title)));
  if (!chosen) throw new Error("Nothing here is for your role. An administrator gives roles.");
  try {
    const parts = await chosen[1][1]();
    at("section").replaceChildren(made("h2", {}, chosen[1][0]), ...parts.filter(Boolean));
  } catch (error) { problem(error); }
}

async function begin() {
  me = await call("GET", "/api/me");
  if (!me.user) location.assign("/sign-in?next=/admin");
  else await show();
}

addEventListener("hashchange", () => { at("told").textContent = ""; show().catch(problem); });
begin().catch(problem);
