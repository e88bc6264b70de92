// Single keys, which whoever is disturbed by them can turn off (WCAG 2.1.4).
import { copied, tell } from "./copying.js";

const OFF = "keys-off";

export function keys({ field, found, pane }) {
  const help = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  const opener = document.getElementById("keys-open");
  on.checked = !localStorage.getItem(OFF);
  on.addEventListener("change", () => {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    tell(document.getElementById("said").dataset[on.checked ? "on" : "off"]);
  });
  opener.parentElement.hidden = false;
  opener.addEventListener("click", () => help.showModal());

  const doing = {
    "/": () => {
      field.focus();
      field.select();
    },
    j: () => pane.step(1),
    k: () => pane.step(-1),
    c: () => {
      const article = document.activeElement?.closest?.("article[data-quote]") ?? pane.chosen;
      if (article) copied(article);
    },
    s: () => {
      const save = found.querySelector(".save");
      if (!save) return;
      save.open = true;
      save.querySelector("[name=name]").focus();
    },
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = doing[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
