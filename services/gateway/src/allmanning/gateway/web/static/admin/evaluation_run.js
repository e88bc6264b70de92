// The page works without this file, by its link; with it, the progress follows the run and the result shows by itself.

const EVERY_MS = 2000;

async function look() {
  const panel = document.getElementById("progress");
  let answer;
  try {
    answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  } catch {
    // The connection is away: looked at again next time.
    return true;
  }
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("progress");
  if (!fresh) return false;
  if (fresh.dataset.open === "false") {
    window.location.reload();
    return false;
  }
  if (!panel.contains(document.activeElement)) {
    for (const selector of ["progress", "[role=status]", "h2"]) {
      const [old, now] = [panel.querySelector(selector), fresh.querySelector(selector)];
      if (selector === "progress") old.value = now.value;
      else if (old.textContent !== now.textContent) old.textContent = now.textContent;
    }
  }
  return true;
}

async function follow() {
  if (document.hidden || (await look())) window.setTimeout(follow, EVERY_MS);
}

window.setTimeout(follow, EVERY_MS);
