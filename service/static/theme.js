// Before the first paint, so that nobody who chose dark sees a flash of light. The rest is app/settings.js.
"use strict";
(() => {
  const chosen = localStorage.getItem("khumbula.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
