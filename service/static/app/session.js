// Who is here: what the service says of the one who asks, and what parts of the application that gives him.

import { fetched, setToken } from "./requests.js";

let me = { user: "", name: "", roles: [], labels: [], csrf: null, news: 0, sign_in: null };

export function whoIsHere() { return me; }

export async function loadSession() {
  me = { ...me, ...(await fetched("/api/me")) };
  setToken(me.csrf ?? null);
  return me;
}

// Without sign-in there is nobody whose feedback could be told apart.
export function hasSignIn() { return Boolean(me.sign_in); }

export function isSignedIn() { return Boolean(me.user); }

// Who signs in with a provider changes his password there.
export function hasPassword() { return isSignedIn() && Boolean(me.sign_in?.local); }

export function administers() {
  return me.roles.some((role) => ["contributor", "custodian", "administrator", "auditor"].includes(role));
}

export async function signOut() {
  await fetched("/api/sign-out", { method: "POST" });
  location.assign("/sign-in");
}
