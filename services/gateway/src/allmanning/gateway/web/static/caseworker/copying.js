// Words with their source, as text and as a quotation that word processors understand.

const said = document.getElementById("said");
let fading = 0;

export function tell(text) {
  clearTimeout(fading);
  said.textContent = text;
  fading = setTimeout(() => (said.textContent = ""), 4_000);
}

function escaped(text) {
  const made = document.createElement("span");
  made.textContent = text;
  return made.innerHTML;
}

/** Copy a result: its words, where they stand, and the address that shows them. */
export function copied(article) {
  const { quote, source } = article.dataset;
  const address = article.querySelector("h3 a").href;
  const html = `<blockquote>${escaped(quote)}</blockquote><p><a href="${escaped(address)}">${escaped(source)}</a></p>`;
  return copy(`”${quote}” (${source}) ${address}`, html);
}

export async function copy(text, html = "") {
  try {
    const parts = { "text/plain": new Blob([text], { type: "text/plain" }) };
    if (html) parts["text/html"] = new Blob([html], { type: "text/html" });
    await navigator.clipboard.write([new ClipboardItem(parts)]);
    tell(said.dataset.copied);
  } catch {
    // Without the clipboard (an address without TLS, or a browser that forbids it) people copy themselves.
    const field = document.getElementById("copying-text");
    field.value = text;
    document.getElementById("copying").showModal();
    field.select();
  }
}
