// Every check of a bundle. The names and the order are those of `allmanning log verify`.
const OPENED = /^\{"content":(.+),"part":"([A-Za-z0-9_.-]{1,64})","record":"([0-9a-f-]{36})","salt":"([A-Za-z0-9+/]{43}=)"\}$/s;
const ENDS = ["answer.released", "answer.abstained", "answer.refused", "escalated", "review.opened", "review.closed"];
const CHUNK = 4096, LATE_MINUTES = 10;

class Report {
  constructor() { this.checks = []; this.erasures = []; this.problems = new Map(); this.counts = {}; this.blind = false; this.authority = ""; }
  add(name, status, key, ...args) { this.checks.push({ name, status, key, args }); }
  problem(check, key, ...args) {
    const known = this.problems.get(check);
    if (known) known.count += 1; else this.problems.set(check, { first: [key, ...args], count: 1 });
  }
  settle(check, key, ...args) {
    const found = this.problems.get(check);
    if (!found) this.add(check, "ok", key, ...args);
    else if (found.count === 1) this.add(check, "failed", ...found.first);
    else this.add(check, "failed", "andMore", found.first, found.count - 1);
  }
  count(name, number = 1) { this.counts[name] = (this.counts[name] ?? 0) + number; }
  get failed() { return this.checks.filter((each) => each.status === "failed").length; }
  get exitCode() { return this.failed ? 1 : this.checks.every((each) => ["ok", "untried"].includes(each.status)) && this.checks.length ? 0 : 2; }
}

class Verifier {
  constructor(zip, given, progress) {
    Object.assign(this, { zip, given, progress, report: new Report(), logs: [], hashes: new Map(), records: new Map(), decisions: new Map() });
    Object.assign(this, { chains: new Map(), erasures: [], content: [], references: [], tables: new Map(), openings: [], pending: [], newest: 0, place: 0 });
  }

  async run() {
    const { report } = this;
    await this.open();
    if (!await this.zip.canonical()) report.problem("archive", "notCanonical");
    for (const name of this.zip.names) if (!/^logs\/.*\.jsonl$/.test(name) && !/^manifest\./.test(name)) await this.loose(name);
    const excerpt = this.manifest.scope.kind === "decisions";
    if (excerpt) await this.excerpt(); else for (const log of this.logs) await this.log(log);
    this.files();
    report.settle("archive", "zipOk");
    report.settle("files", "filesOk", this.zip.names.length);
    if (excerpt) report.settle("inclusion", "inclusionOk", this.manifest.scope.decisions.length);
    else {
      const [log] = this.logs.slice(-1);
      report.settle("root", "rootOk", log.checkpoint.origin, log.range.start, log.range.end, log.checkpoint.size);
    }
    this.whole();
    if (!excerpt) this.handovers();
    await this.kept();
    return report;
  }

  async read(name) {
    const data = await this.zip.read(name);
    this.hashes.set(name, await named(data));
    if (!this.zip.crcHolds(name, data)) this.report.problem("archive", "crcWrong", name);
    return data;
  }

  async open() {
    const { report, zip } = this;
    const raw = await zip.read("manifest.json");
    try { this.manifest = JSON.parse(text(raw)); } catch { throw new Stop("manifest", "manifestWrong", ["manifestForm"]); }
    const told = this.manifest, periods = Array.isArray(told?.logs) ? told.logs.map((log) => log?.period) : [];
    const formed = told?.kind === "allmanning.bundle/v2" && periods.length && String([...new Set(periods)].sort()) === String(periods)
      && ["all", "period", "decisions"].includes(told.scope?.kind) && (told.opened === "all" || Array.isArray(told.opened)) && told.files;
    if (!formed) throw new Stop("manifest", "manifestWrong", ["manifestForm"]);
    report.authority = String(told.authority);
    for (const range of told.logs) {
      const folder = `logs/${range.period}`;
      const [note, written] = [text(await zip.read(`${folder}/checkpoint`)), text(await zip.read(`${folder}/vkey`))];
      try {
        const key = await readKey(written);
        const checkpoint = readCheckpoint((await opened(note, key, report)).text);
        if (checkpoint.origin !== key.name) throw new Bad("badCheckpoint");
        this.logs.push({ range, note, key, checkpoint, last: null, late: false, witnessed: await this.witnessed(range, key, checkpoint) });
      } catch (error) {
        if (error instanceof Bad) throw new Stop("checkpoint", "checkpointWrong", `${folder}/checkpoint`, [error.key, ...error.args]);
        throw error;
      }
      const { checkpoint } = this.logs.at(-1);
      const fits = checkpoint.origin === range.origin && range.start >= 0 && range.start <= range.end && range.end <= checkpoint.size;
      if (!fits) throw new Stop("manifest", "manifestWrong", ["manifestForm"]);
    }
    const newest = this.logs.at(-1);
    try {
      const signed = (await opened(text(await zip.read("manifest.note")), newest.key, report)).text;
      if (signed !== `${told.kind}\n${newest.checkpoint.origin}\n${await named(raw)}\n`) throw new Bad("manifestOther");
    } catch (error) {
      if (error instanceof Bad) throw new Stop("manifest", "manifestWrong", [error.key, ...error.args]);
      throw error;
    }
    for (const { checkpoint, key } of this.logs) {
      if (report.blind) report.add("checkpoint", "unchecked", "blind");
      else report.add("checkpoint", "ok", "checkpointOk", checkpoint.origin, checkpoint.size, key.written);
    }
    report.add("manifest", report.blind ? "unchecked" : "ok", report.blind ? "blind" : "manifestOk");
    const own = this.given.vkey.trim();
    if (!own) report.add("vkey", "ok", "keyFromFile");
    else if (this.logs.some(({ key }) => key.written === own)) report.add("vkey", "ok", "keyOk");
    else report.add("vkey", "failed", "keyOther");
    await this.witnesses();
  }

  // What witnesses cosigned must be of the same log, and of a beginning of it.
  async witnessed(range, key, checkpoint) {
    const name = `logs/${range.period}/witnessed`;
    if (!this.zip.has(name)) return "";
    const note = text(await this.zip.read(name));
    let holds = false;
    try {
      const then = readCheckpoint((await opened(note, key, this.report)).text);
      holds = await consistent(then.size, checkpoint.size, then.root, checkpoint.root, range.witnessed.map(fromBase64));
    } catch (error) { if (!(error instanceof Bad)) throw error; }
    if (!holds) throw new Stop("witnesses", "forked", name);
    return note;
  }

  async witnesses() {
    const { report, zip } = this;
    if (!zip.has("policy")) { report.add("witnesses", "untried", "noPolicy"); return; }
    let policy;
    try { policy = await readPolicy(text(await zip.read("policy"))); } catch { report.add("witnesses", "failed", "policyWrong"); return; }
    for (const { note, witnessed, key } of this.logs) {
      const judged = await judge(policy, readNote(witnessed || note));
      if (judged.blind) report.add("witnesses", "unchecked", judged.blind, key.name);
      else if (judged.forged) report.add("witnesses", "failed", "cosignatureWrong", key.name);
      else report.add("witnesses", judged.quorum ? "ok" : "failed", judged.quorum ? "quorumOk" : "quorumMissing", key.name, judged.seen.join(", ") || "–");
    }
  }

  async loose(name) {
    await this.read(name);
    if (name.startsWith("pins/") && this.hashes.get(name) !== `sha256:${name.slice(5)}`) this.report.problem("pins", "pinWrong", name);
  }

  files() {
    const listed = this.manifest.files;
    for (const name of this.zip.names) {
      if (/^manifest\./.test(name)) continue;
      if (!(name in listed)) this.report.problem("files", "fileUnlisted", name);
      else if (this.hashes.get(name) !== listed[name]) this.report.problem("files", "fileChanged", name);
    }
    for (const name of Object.keys(listed)) if (!this.zip.has(name)) this.report.problem("files", "missingFile", name);
  }

  async log(log) {
    const { range, checkpoint } = log;
    const wrong = () => this.report.problem("root", "rootWrong", checkpoint.origin);
    let frontier;
    try { frontier = frontierAt(range.start, range.before.map(fromBase64)); } catch { wrong(); frontier = { size: range.start, nodes: [] }; }
    log.kept = this.given.checkpoint.startsWith(`${checkpoint.origin}\n`) ? Number(this.given.checkpoint.split("\n")[1]) : -1;
    if (log.kept === frontier.size) log.rootThen = await rootOf(frontier);
    for (let at = range.start; at < range.end;) {
      const number = Math.floor(at / CHUNK), until = Math.min((number + 1) * CHUNK, range.end);
      const name = `logs/${range.period}/leaves/${String(number).padStart(6, "0")}.jsonl`;
      const lines = text(await this.read(name)).split("\n");
      if (lines.pop() !== "" || lines.length !== until - at) this.report.problem("root", "lineCount", name, lines.length, until - at);
      const hashes = await Promise.all(lines.map((line) => leafHash(utf8.encode(line))));
      for (const hash of hashes) {
        await extend(frontier, hash);
        if (frontier.size === log.kept) log.rootThen = await rootOf(frontier);
      }
      const leaves = new Map();
      lines.forEach((line, offset) => this.leaf(line, at + offset, name, log, leaves));
      const pieces = this.zip.names.filter((each) => each.startsWith(`logs/${range.period}/parts/${String(number).padStart(6, "0")}-`));
      await this.look(leaves, pieces);
      at = until;
      this.progress(this.place);
    }
    let holds = frontier.size === range.end;
    try { holds &&= await consistent(range.end, checkpoint.size, await rootOf(frontier), checkpoint.root, range.after.map(fromBase64)); } catch { holds = false; }
    if (!holds) wrong();
  }

  leaf(line, index, name, log, leaves) {
    const leaf = readLeaf(line);
    if (!leaf) { this.report.problem("records", "leafForm", index, name); return; }
    if (leaf.tenant !== this.manifest.authority) this.report.problem("records", "leafTenant", index);
    else if (!standsIn(leaf, log.checkpoint.origin)) this.report.problem("records", "leafLog", index);
    else if (!/^log\./.test(kindOf(leaf)) && !log.checkpoint.origin.endsWith(`/${periodOf(leaf.time)}`)) log.late = true;
    log.last = leaf;
    if (kindOf(leaf) === "log.opened" && leaf.log) this.openings.push(leaf.log);
    this.pending.push(digest(utf8.encode(line)).then((hash) => ({ source: leaf.src, hash: `sha256:${hex(hash)}` })));
    leaves.set(leaf.id, { leaf, line });
  }

  async look(leaves, pieces) {
    const { report, manifest } = this;
    for (const { source, hash } of await Promise.all(this.pending)) {
      if (!this.chains.has(source.producer)) this.chains.set(source.producer, []);
      this.chains.get(source.producer).push([source.pseq, source.pprev, hash]);
    }
    this.pending = [];
    const shown = new Set();
    for (const name of pieces) {
      const lines = text(await this.read(name)).split("\n");
      if (lines.at(-1) === "") lines.pop();
      for (const [number, line] of lines.entries()) await this.part(line, number + 1, name, leaves, shown);
    }
    for (const { leaf } of leaves.values()) {
      const place = this.place++, kind = kindOf(leaf), minute = Date.parse(`${leaf.time.slice(0, 16)}Z`) / 60_000;
      this.newest = Math.max(this.newest, minute);
      report.count("records");
      if (this.records.has(leaf.id)) report.problem("ids", "twiceRecord", leaf.id); else this.records.set(leaf.id, place);
      const states = new Map();
      for (const [name, part] of Object.entries(leaf.parts)) {
        const there = shown.has(`${leaf.id}/${name}`);
        if (there) report.count("opened");
        else if (manifest.opened !== "all" && !manifest.opened.includes(name)) { report.count("closed"); continue; }
        const kept = `${part.ret}/${leaf.time.slice(0, 7)}`;
        states.set(kept, (states.get(kept) ?? 0) | (there ? 1 : 2));
      }
      for (const [kept, state] of states) this.content.push({ id: leaf.id, kept, state, place, minute });
      if (typeof leaf.correction?.record === "string" && leaf.correction.record) this.references.push([leaf.correction.record, place]);
      if (kind === "erased") this.erasure(leaf, place);
      if (kind === "gate.evaluated") report.count("evaluations");
      const seen = this.decisions.get(leaf.decision) ?? {};
      seen[kind] = true;
      if (ENDS.includes(kind) && typeof leaf.outcome === "string" && leaf.outcome) seen.ended = true;
      this.decisions.set(leaf.decision, seen);
    }
  }

  async part(line, number, name, leaves, shown) {
    const match = OPENED.exec(line), leaf = match && leaves.get(match[3])?.leaf, part = leaf?.parts[match[2]];
    const salt = part && fromBase64Safe(match[4]);
    const committed = salt && toBase64(await digest(joined(utf8.encode("allmanning/commit/v1\0"), salt, utf8.encode(match[1]))));
    if (!part || committed !== part.c || shown.has(`${match[3]}/${match[2]}`)) { this.report.problem("parts", "partWrong", number, name); return; }
    shown.add(`${match[3]}/${match[2]}`);
    if (leaf.type === "se.audit.gate.evaluated.v1" && match[2] === "input") await this.again(leaf, match[1]);
  }

  async again(leaf, content) {
    const { report } = this, gate = leaf.gate;
    if (typeof gate?.engine !== "string" || !gate.engine.endsWith(`; ${GUARDS}`) || !gate.circumstances) return;
    report.count("run");
    if (!this.tables.has(gate.rules)) {
      const pin = `pins/${String(gate.rules).slice(7)}`;
      let table = null;
      try { table = this.zip.has(pin) ? JSON.parse(text(await this.zip.read(pin))) : null; } catch { /* no table */ }
      this.tables.set(gate.rules, table?.nationell ? table : null);
    }
    const table = this.tables.get(gate.rules);
    if (!table) { report.problem("rules", "tableMissing", leaf.id); return; }
    let found;
    try { found = decide(table, JSON.parse(content), gate.circumstances); } catch { found = { id: "?", verdict: "?" }; }
    const told = [gate.rule_id, gate.verdict, gate.deadline_hours ?? "", gate.second_reviewer ?? false].join(" ");
    const again = [found.id, found.verdict, found.hours ?? "", found.second ?? false].join(" ");
    if (told !== again) {
      report.problem("rules", "ruleWrong", leaf.id, told, again);
    }
  }

  erasure(leaf, place) {
    const told = leaf.erasure ?? {}, { ground, decided_on: decided, horizon = "" } = told;
    const records = Array.isArray(told.records) && told.records.length ? told.records.map(String) : null;
    if (!ground || !decided || (!records && !(told.class && told.month))) { this.report.problem("erasures", "erasureForm", leaf.id); return; }
    const what = records ? ["records_", records.length] : ["class_", told.class, told.month];
    this.erasures.push({ place, records: records && new Set(records), kept: records ? "" : `${told.class}/${told.month}`, what, ground, decided, horizon, parts: 0 });
  }

  whole() {
    const { report, manifest, counts = report.counts } = this, all = manifest.scope.kind === "all";
    for (const { id, kept, state, place, minute } of this.content) {
      const ground = this.erasures.find((each) => each.place > place && (each.records ? each.records.has(id) : each.kept === kept));
      if (ground) ground.parts += 1;
      if (state & 1 && ground) report.count("erasedKept");
      if (state & 2 && !ground && minute < this.newest - LATE_MINUTES) report.problem("unexplained", "missingContent", id);
    }
    for (const [id, place] of this.references) {
      const there = this.records.get(id);
      if ((there === undefined && all) || there >= place) report.problem("corrections", "correctsNothing", id);
    }
    this.counters(all);
    for (const seen of this.decisions.values()) {
      const asked = seen["question.received"];
      if (asked) { report.count("questions"); report.count(seen.ended ? "ended" : "open"); }
      else if (seen.ended) report.count("unasked");
      if (seen["answer.released"]) report.count("released");
    }
    const number = (name) => counts[name] ?? 0;
    if (all && number("unasked")) report.problem("reconciliation", "unasked", number("unasked"));
    report.settle("records", "recordsOk", number("records"));
    report.settle("ids", "idsOk");
    if (manifest.scope.kind !== "decisions") report.settle("counters", "countersOk", this.chains.size);
    report.settle("corrections", "correctionsOk", this.references.length);
    report.settle("parts", "partsOk", number("opened"), number("closed"));
    report.settle("erasures", "erasuresOk", this.erasures.length, this.erasures.reduce((sum, each) => sum + each.parts, 0), number("erasedKept"));
    report.settle("unexplained", "unexplainedOk");
    report.settle("pins", "pinsOk");
    report.settle("rules", "rulesOk", number("run"), number("evaluations") - number("run"));
    report.settle("reconciliation", "reconciled", number("questions"), number("ended"), number("open"), number("released"));
    report.erasures = this.erasures;
    report.decisionCount = this.decisions.size;
  }

  counters(all) {
    for (const [producer, chain] of this.chains) {
      chain.sort((one, other) => one[0] - other[0]);
      let [number, previous] = all ? [0, ""] : [chain[0][0] - 1, chain[0][1]];
      for (const [at, before, hash] of chain) {
        const wrong = at > number + 1 ? ["gap", number + 1] : at <= number ? ["doubled", at] : before !== previous ? ["unchained", at] : null;
        if (wrong) { this.report.problem("counters", wrong[0], producer, wrong[1]); break; }
        [number, previous] = [at, hash];
      }
    }
  }

  async excerpt() {
    const { report, zip, manifest } = this, known = new Set();
    for (const decision of manifest.scope.decisions) {
      const [receipt, parts] = [`proofs/${decision}.json`, `parts/${decision}.jsonl`];
      known.add(receipt).add(parts);
      let leaves;
      try { leaves = await proven(JSON.parse(text(await zip.read(receipt))), decision, manifest.authority, this.logs); } catch { leaves = null; }
      if (!leaves) { report.problem("inclusion", "receiptWrong", receipt); continue; }
      await this.look(leaves, zip.has(parts) ? [parts] : []);
    }
    for (const name of zip.names) if (/^(proofs|parts)\//.test(name) && !known.has(name)) report.problem("inclusion", "receiptWrong", name);
  }

  handovers() {
    const { report, logs } = this;
    for (const [at, log] of this.manifest.scope.kind === "all" ? logs.entries() : []) {
      const sealed = log.last && kindOf(log.last) === "log.sealed" && log.last.log?.origin === log.checkpoint.origin ? log.last.log : null;
      const after = sealed && logs.find(({ checkpoint }) => checkpoint.origin === sealed.next?.origin);
      if (sealed && !(after && sealed.next.vkeys.includes(after.key.written))) report.problem("handover", "handoverWrong", log.checkpoint.origin);
      if (log.late && !logs.slice(0, at).some(({ last }) => last?.log?.next?.origin === log.checkpoint.origin)) report.problem("handover", "handoverWrong", log.checkpoint.origin);
    }
    for (const { origin, previous } of this.manifest.scope.kind === "all" ? this.openings : []) {
      const before = logs.find(({ checkpoint }) => checkpoint.origin === previous?.origin)?.checkpoint;
      if (before && (before.size !== previous.size || toBase64(before.root) !== previous.root)) report.problem("handover", "handoverWrong", origin);
    }
    report.settle("handover", "handoverOk", logs.length);
  }

  async kept() {
    const { report, given } = this;
    if (!given.checkpoint.trim()) return;
    const log = this.logs.find(({ checkpoint }) => given.checkpoint.startsWith(`${checkpoint.origin}\n`));
    let kept;
    try { kept = log && readCheckpoint((await opened(given.checkpoint, log.key, report)).text); } catch { report.add("earlier_checkpoint", "failed", "keptWrong"); return; }
    const root = kept && (kept.size === log.checkpoint.size ? log.checkpoint.root : log.rootThen);
    if (kept && kept.size > log.checkpoint.size) report.add("earlier_checkpoint", "failed", "keptWrong");
    else if (!root) report.add("earlier_checkpoint", "unchecked", "keptOther");
    else report.add("earlier_checkpoint", same(root, kept.root) ? "ok" : "failed", same(root, kept.root) ? "keptOk" : "keptWrong", kept.size);
  }
}

const fromBase64Safe = (written) => { try { return fromBase64(written); } catch { return null; } };

// Nothing further can be checked.
class Stop extends Error {
  constructor(check, key, ...args) { super(key); Object.assign(this, { check, key, args }); }
}

// C2SP tlog-policy: witnesses, groups that need some of their members, and the group that must be there.
async function readPolicy(written) {
  const policy = { witnesses: new Map(), groups: new Map(), quorum: "" };
  for (const line of written.split("\n")) {
    const words = line.split(/[ \t]+/).filter(Boolean);
    if (!words.length || words[0].startsWith("#") || words[0] === "log") continue;
    if (words[0] === "witness") policy.witnesses.set(words[1], await readKey(words[2]));
    else if (words[0] === "group") {
      const members = words.slice(3), needed = { all: members.length, any: 1 }[words[2]] ?? Number(words[2]);
      if (!(needed >= 1 && needed <= members.length)) throw new Bad("policyWrong");
      policy.groups.set(words[1], { needed, members });
    } else if (words[0] === "quorum") policy.quorum = words[1];
    else throw new Bad("policyWrong");
  }
  if (!policy.quorum) throw new Bad("policyWrong");
  return policy;
}

async function judge(policy, note) {
  const judged = { seen: [], forged: false, blind: "", quorum: false };
  for (const [name, key] of policy.witnesses) {
    for (const signature of note.signatures.filter((each) => madeBy(each, key))) {
      if (key.type !== 4) { judged.blind = "quorumBlind"; continue; }
      const time = new DataView(signature.value.slice(0, 8).buffer).getBigUint64(0);
      const holds = await ed25519(key.material, signature.value.slice(8), utf8.encode(`cosignature/v1\ntime ${time}\n${note.text}`));
      if (holds === null) judged.blind = "blind";
      else if (holds) judged.seen.push(name);
      else judged.forged = true;
    }
  }
  const counts = (name) => {
    const group = policy.groups.get(name);
    return group ? group.members.filter(counts).length >= group.needed : judged.seen.includes(name);
  };
  judged.quorum = policy.quorum === "none" || counts(policy.quorum);
  if (judged.quorum && !judged.forged) judged.blind = "";
  return judged;
}
