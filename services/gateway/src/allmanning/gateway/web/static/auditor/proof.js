// Checks, in this browser, that the decision on the page is the one that was signed: nothing is taken on the server's word.
import { digest, hex, opened, readCheckpoint, readKey, toBase64, utf8 } from "../proof/bytes.js";
import { proven } from "../proof/receipt.js";

const proof = document.getElementById("proof");
const { receipt, decision, authority, vkeys } = proof.dataset;

class Fault extends Error {}

function show(state) {
  for (const each of proof.querySelectorAll("[data-state]")) each.hidden = each.dataset.state !== state;
  proof.dataset.outcome = state;
}

function refuse(fault) {
  show("broken");
  const said = proof.querySelector(`[data-faults] [data-fault="${fault}"]`);
  proof.querySelector(".broken [data-fault]").textContent = said.textContent;
  proof.querySelector(".broken").hidden = false;
}

function tell(name, value) {
  proof.querySelector(`[data-show="${name}"]`).textContent = value;
}

// A log, its key and its checkpoint, when the log's own key signed it.
async function openedLog({ vkey, checkpoint: note }, report) {
  try {
    const key = await readKey(vkey);
    const read = await opened(note, key, report);
    const checkpoint = readCheckpoint(read.text);
    if (checkpoint.origin !== key.name) throw new Fault("checkpoint");
    return { note, key, checkpoint, signatures: read.signatures };
  } catch {
    throw new Fault("checkpoint");
  }
}

// What this browser saw last of a log: its key stays, and it only grows.
function compare({ key, checkpoint }) {
  const name = `log ${checkpoint.origin}`, root = toBase64(checkpoint.root);
  try {
    const seen = JSON.parse(localStorage.getItem(name) ?? "null");
    if (seen && (seen.key !== key.written || seen.size > checkpoint.size)) throw new Fault("remembered");
    if (seen?.size === checkpoint.size && seen.root !== root) throw new Fault("remembered");
    localStorage.setItem(name, JSON.stringify({ key: key.written, size: checkpoint.size, root }));
  } catch (error) {
    // A browser that keeps nothing compares with nothing.
    if (error instanceof Fault) throw error;
  }
}

// The records on the page are those of the receipt, byte for byte. Either may have newer ones than the other, such as
// that somebody reads this: the page was made first, and what is new is not signed yet.
async function compareWithPage(leaves) {
  const shown = new Map(Array.from(document.querySelectorAll("[data-record]"), (each) => [each.dataset.record, each]));
  const together = [...leaves.keys()].findLastIndex((id) => shown.has(id));
  if (together < 0) throw new Fault("missing");
  for (const [at, [id, { line }]] of [...leaves].entries()) {
    const step = shown.get(id);
    if (!step && at < together) throw new Fault("missing");
    if (step && hex(await digest(utf8.encode(line))) !== step.dataset.sha256) throw new Fault("shown");
  }
}

async function check() {
  const answer = await fetch(receipt, { headers: { accept: "application/json" } });
  if (answer.status === 503) return show("pending");
  if (!answer.ok) return show("unread");
  const told = await answer.json(), report = { blind: false };
  const logs = await Promise.all(told.logs.map((log) => openedLog(log, report)));
  const known = vkeys.split("\n").filter(Boolean);
  if (known.length && logs.some(({ key }) => !known.includes(key.written))) throw new Fault("key");
  const leaves = await proven(told, decision, authority, logs);
  if (!leaves) throw new Fault("inclusion");
  await compareWithPage(leaves);
  const newest = logs.at(-1);
  if (!report.blind) compare(newest);
  tell("records", leaves.size);
  tell("origin", newest.checkpoint.origin);
  tell("size", newest.checkpoint.size);
  tell("root", toBase64(newest.checkpoint.root));
  tell("key", newest.key.written);
  tell("signatures", newest.signatures.map(({ name }) => name).join("\n"));
  proof.querySelector(".how").hidden = false;
  show(report.blind ? "blind" : "holds");
}

show("working");
check().catch((error) => {
  if (error instanceof Fault) refuse(error.message);
  else if (error instanceof TypeError && !navigator.onLine) show("unread");
  else refuse("inclusion");
});
