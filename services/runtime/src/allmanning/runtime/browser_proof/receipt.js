// A decision's receipt: its leaves, and that they stand in a signed log. The same checks as `allmanning log verify`.
import { canonical, fromBase64, included, leafHash, utf8 } from "./bytes.js";

export const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, NAME = /^[A-Za-z0-9_.-]{1,64}$/, COMMITMENT = /^[A-Za-z0-9+/]{43}=$/;
export const TIME = /^(\d{4})-(0[1-9]|1[0-2])-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, TYPE = /^se\.audit\.[a-z0-9_.]{1,80}\.v\d{1,3}$/;

export const periodOf = (time) => { const [, year, month] = TIME.exec(time); return `${year}h${Number(month) <= 6 ? 1 : 2}`; };
export const kindOf = (leaf) => leaf.type.slice("se.audit.".length).replace(/\.v\d+$/, "");

// The leaf in a line, or null when it is none in canonical form.
export function readLeaf(line) {
  let leaf;
  try { leaf = JSON.parse(line); } catch { return null; }
  const source = leaf?.src, parts = leaf?.parts;
  const whole = leaf?.v === 1 && ID.test(leaf.id) && NAME.test(leaf.decision) && TYPE.test(leaf.type) && TIME.test(leaf.time)
    && typeof leaf.tenant === "string" && source && NAME.test(source.producer) && Number.isSafeInteger(source.pseq) && source.pseq >= 1
    && /^(sha256:[0-9a-f]{64})?$/.test(source.pprev) && (source.pseq === 1) === (source.pprev === "")
    && parts && Object.entries(parts).every(([name, part]) => NAME.test(name) && COMMITMENT.test(part?.c) && NAME.test(part?.ret));
  return whole && canonical(leaf) === line ? leaf : null;
}

// A log may hold what came after its own was sealed, and the two records that tell of the change.
export function standsIn(leaf, origin) {
  if (kindOf(leaf) === "log.sealed" && leaf.log?.origin === origin) return true;
  if (kindOf(leaf) === "log.opened") return leaf.log?.origin === origin;
  const own = `audit.${leaf.tenant}.allmanning/${periodOf(leaf.time)}`;
  return own === origin || (origin.startsWith(`audit.${leaf.tenant}.allmanning/`) && own < origin);
}

// The leaves of a receipt by their ids, or null when it does not hold. `logs`: {note, key, checkpoint} that were checked.
export async function proven(told, decision, authority, logs) {
  const leaves = new Map();
  if (told.kind !== "allmanning.receipt/v1" || told.decision !== decision || told.authority !== authority) return null;
  for (const each of told.logs) {
    const log = logs.find(({ note, key }) => note === each.checkpoint && key.written === each.vkey.trim());
    if (!log || !each.records.length) return null;
    for (const { index, leaf: line, proof } of each.records) {
      const leaf = readLeaf(line), { size, root, origin } = log.checkpoint;
      if (!leaf || leaf.decision !== decision || leaf.tenant !== told.authority || !standsIn(leaf, origin) || leaves.has(leaf.id)) return null;
      if (!await included(await leafHash(utf8.encode(line)), index, size, proof.map(fromBase64), root)) return null;
      leaves.set(leaf.id, { leaf, line, index });
    }
  }
  return leaves.size && told.logs.length ? leaves : null;
}
