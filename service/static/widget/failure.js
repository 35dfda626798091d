// What goes wrong with a request, in words.
// `kind`: "offline" (no answer at all), "busy" (come back in `after` seconds), "broken" (the answer stopped),
// "missing", "signed-out", "refused".

export class Failure extends Error {
  constructor(kind, message, after = 0) {
    super(message);
    this.kind = kind;
    this.after = after;
  }
}
