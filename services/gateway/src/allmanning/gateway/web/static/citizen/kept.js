// The conversation stays in this tab until it is closed (sessionStorage): going to a source and back loses nothing.

const PREFIX = "allmanning:samtal:";

/** Turns of an authority's conversation, each {turn, html}; none where the browser keeps nothing. */
export function keptOf(authority) {
  try {
    const found = JSON.parse(sessionStorage.getItem(PREFIX + authority) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

export function keep(authority, turns) {
  try {
    sessionStorage.setItem(PREFIX + authority, JSON.stringify(turns));
  } catch {
    // Full or forbidden: the page itself still has the conversation.
  }
}

export function forget(authority) {
  try {
    sessionStorage.removeItem(PREFIX + authority);
  } catch {
    // Forbidden: then nothing was kept.
  }
}
