// Bytes, checksums and signatures. Everything is WebCrypto; nothing leaves the page.
// A module of the pages, and a part of VERIFY.html, which leaves the words "import" and "export" out.
export const utf8 = new TextEncoder();
export const text = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
export const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const named = async (bytes) => `sha256:${hex(await digest(bytes))}`;
export const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

export function joined(...pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) { whole.set(piece, at); at += piece.length; }
  return whole;
}

// Standard base64 that could have been written in no other way.
export function fromBase64(written) {
  let raw;
  try { raw = atob(written); } catch { throw new Bad("base64"); }
  if (btoa(raw) !== written) throw new Bad("base64");
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}
export const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

// RFC 8785: keys by UTF-16 code units, numbers and strings as ECMAScript writes them.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

// Something in the bundle that is not as it should be: a key of WORDS and what goes into it.
export class Bad extends Error {
  constructor(key, ...args) { super(key); this.key = key; this.args = args; }
}

// C2SP signed-note: name+id+base64(type, key).
export async function readKey(written) {
  const parts = written.trim().split("+");
  const raw = fromBase64(parts.slice(2).join("+"));
  const id = (await digest(joined(utf8.encode(`${parts[0]}\n`), raw))).slice(0, 4);
  if (!parts[0] || /\s/.test(parts[0]) || parts[1] !== hex(id)) throw new Bad("badKey");
  return { name: parts[0], id, type: raw[0], material: raw.slice(1), written: written.trim() };
}

export function readNote(note) {
  const at = note.lastIndexOf("\n\n");
  if (at < 0 || !note.endsWith("\n") || /[\0-\t\v-\x1f]/.test(note)) throw new Bad("badNote");
  const signatures = note.slice(at + 2, -1).split("\n").map((line) => {
    const match = /^— (\S+) (\S+)$/.exec(line);
    const raw = match && fromBase64(match[2]);
    if (!match || raw.length < 5) throw new Bad("badNote");
    return { name: match[1], id: raw.slice(0, 4), value: raw.slice(4) };
  });
  return { text: note.slice(0, at + 1), signatures };
}

export const madeBy = (signature, key) => signature.name === key.name && same(signature.id, key.id);

// true, false, or null when this browser can't tell.
export async function ed25519(material, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", material, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch (error) {
    if (error.name === "NotSupportedError") return null;
    return false;
  }
}

// The text of a note that `key` signed. `report.blind` remembers that the browser can't check signatures.
export async function opened(note, key, report) {
  const read = readNote(note);
  const own = read.signatures.filter((each) => madeBy(each, key));
  if (key.type !== 1 || key.material.length !== 32 || !own.length) throw new Bad("unsigned", key.name);
  for (const each of own) {
    const holds = await ed25519(key.material, each.value, utf8.encode(read.text));
    if (holds === null) report.blind = true;
    if (holds === false) throw new Bad("forged", key.name);
  }
  return read;
}

export function readCheckpoint(body) {
  const lines = body.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.includes("") || !/^(0|[1-9]\d{0,15})$/.test(lines[1])) throw new Bad("badCheckpoint");
  const root = fromBase64(lines[2]);
  if (root.length !== 32) throw new Bad("badCheckpoint");
  return { origin: lines[0], size: Number(lines[1]), root };
}

// RFC 9162. Nodes are {level, hash}; a frontier covers the leaves from the first, left to right.
export const ONE = Uint8Array.of(1), ZERO = Uint8Array.of(0);
export const nodeHash = (left, right) => digest(joined(ONE, left, right));
export const leafHash = (bytes) => digest(joined(ZERO, bytes));

export async function extend(frontier, hash) {
  let node = { level: 0, hash };
  frontier.size += 1;
  while (frontier.nodes.length && frontier.nodes.at(-1).level === node.level) {
    node = { level: node.level + 1, hash: await nodeHash(frontier.nodes.pop().hash, node.hash) };
  }
  frontier.nodes.push(node);
}

export function frontierAt(size, hashes) {
  const levels = [];
  for (let level = 52; level >= 0; level -= 1) if (Math.floor(size / 2 ** level) % 2) levels.push(level);
  if (levels.length !== hashes.length) throw new Bad("badFrontier");
  return { size, nodes: hashes.map((hash, at) => ({ level: levels[at], hash })) };
}

export async function rootOf(frontier) {
  if (!frontier.nodes.length) return digest(new Uint8Array());
  let value = frontier.nodes.at(-1).hash;
  for (const node of frontier.nodes.slice(0, -1).reverse()) value = await nodeHash(node.hash, value);
  return value;
}

export async function included(leaf, index, size, proof, root) {
  let at = index, last = size - 1, value = leaf, used = 0;
  if (!(index >= 0 && index < size)) return false;
  while (last > 0) {
    if (at % 2 || at !== last) {
      if (used === proof.length) return false;
      value = at % 2 ? await nodeHash(proof[used], value) : await nodeHash(value, proof[used]);
      used += 1;
    }
    at = Math.floor(at / 2); last = Math.floor(last / 2);
  }
  return used === proof.length && same(value, root);
}

export async function consistent(old, size, oldRoot, root, proof) {
  if (old === size) return !proof.length && same(oldRoot, root);
  if (!old || old > size || !proof.length) return false;
  let at = old - 1, last = size - 1, used = 0;
  while (at % 2) { at = Math.floor(at / 2); last = Math.floor(last / 2); }
  let before = at === 0 ? oldRoot : proof[used++];
  let after = before;
  while (last > 0) {
    if (at % 2 || at !== last) {
      if (used === proof.length) return false;
      if (at % 2) { before = await nodeHash(proof[used], before); after = await nodeHash(proof[used], after); }
      else after = await nodeHash(after, proof[used]);
      used += 1;
    }
    at = Math.floor(at / 2); last = Math.floor(last / 2);
  }
  return used === proof.length && same(before, oldRoot) && same(after, root);
}
