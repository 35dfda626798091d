// What goes along from page to page in this tab: whether the panel is open, and the number of the conversation.
// The service keeps its text, and shows it again to its user alone. Never the token.

const NAME = "khumbula-chat";

// {open, conversation}; empty where the browser keeps nothing for this page.
export function keptHere() {
  try {
    const { open, conversation } = JSON.parse(sessionStorage.getItem(NAME)) ?? {};
    return { open: open === true, conversation: Number.isSafeInteger(conversation) ? conversation : null };
  } catch {
    return { open: false, conversation: null };
  }
}

export function keepHere(changed) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ ...keptHere(), ...changed }));
  } catch {
    // A page in a closed-off frame has no storage; each of its pages begins anew.
  }
}
