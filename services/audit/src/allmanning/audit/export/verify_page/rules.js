// The decision tables, run a second time: the same rows and the same guards as in the service, written apart from it.
const GUARDS = "guards 2";
const STAGES = { request: "fråga", release: "svar" };
const ROLES = { citizen: "medborgare", caseworker: "handläggare", auditor: "granskare", admin: "administratör" };
const SECRECIES = { open: "öppen", internal: "intern", secret: "sekretess" };
const CHANNELS = { citizen: "medborgare", internal: "intern", api: "api" };
const APPEALS = ["förvaltningsbesvär", "laglighetsprövning", "ej_överklagbart", "ej_ärende"];
const OUTCOMES = { svara: "auto", granska: "review", "avböj": "refuse", "lämna över": "hand_over" };
const RANKS = { auto: 0, review: 1, hand_over: 2, refuse: 2 };
const TRUTHS = {
  fara: "acute", "styrförsök": "manipulation", "vill ha människa": "wants_human", "eget ärende": "individual_decision",
  personuppgifter: "personal_data", ordagrant: "verbatim", "godkänd modell": "model_approved", "är beslut": "is_decision",
  "skyddad identitet": "protected_identity", barn: "child", "vill inte ha AI": "no_ai", upphandling: "procurement",
  valfrihetssystem: "choice_system", "får inte delegeras": "not_delegable",
};
const NUMBERS = { "svagaste stöd": "weakest_support", "andel med källa": "citation_coverage" };

// A share cut to six decimals, never rounded up; counted in the digits that were written.
function share(value) {
  const [whole, exponent] = String(value).split("e");
  if (exponent) return 0;
  const [before, after = ""] = whole.split(".");
  return Number(`${before}.${after.slice(0, 6)}`);
}

// What is not known is left out; it is never a default.
function factsOf(input) {
  const facts = {
    skede: STAGES[input.stage], roll: ROLES[input.role], kanal: CHANNELS[input.channel],
    sekretess: SECRECIES[input.highest_secrecy], "sekretess i sökträffar": SECRECIES[input.retrieved_secrecy],
    "användning": input.use_case || undefined, "språk": input.language || undefined,
    "överklagas": APPEALS.includes(input.appeal_route) ? input.appeal_route : undefined,
    delegation: input.delegation_ref || undefined,
  };
  for (const [column, field] of Object.entries(TRUTHS)) facts[column] = input[field] ?? undefined;
  for (const [column, field] of Object.entries(NUMBERS)) {
    const value = input[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number" || !(value >= 0 && value <= 1)) throw new Bad("badInput");
    facts[column] = share(value);
  }
  return facts;
}

const COMPARED = { minst: (a, b) => a >= b, "över": (a, b) => a > b, "högst": (a, b) => a <= b, under: (a, b) => a < b };

function met(column, written, fact) {
  if (fact === undefined) return false;
  if (column in TRUTHS) return (written === "ja") === fact && typeof fact === "boolean";
  if (column in NUMBERS) {
    return written.split(" och ").every((each) => {
      const [word, number] = each.trim().split(" ");
      return COMPARED[word](fact, Number(number.replace(",", ".")));
    });
  }
  return Array.isArray(written) ? written.includes(fact) : written === fact;
}

const inForce = (row, day) => row["gäller från"] <= day && (!row["gäller till"] || day <= row["gäller till"]);

function firstHit(table, facts, day) {
  const row = table.regler.find((each) =>
    inForce(each, day) && Object.entries(each.villkor).every(([column, written]) => met(column, written, facts[column])));
  const hours = Number(row?.["handläggningstid"]) || null;
  return row && { id: row.regel, verdict: OUTCOMES[row.utfall], hours, second: row["andra granskare"] === "ja" };
}

// The shorter deadline of two reviews, and a second reviewer if either wants one.
function reviewedAs(rule, other) {
  const hours = [rule.hours, other.hours].filter((each) => each);
  return { ...rule, hours: hours.length ? Math.min(...hours) : null, second: rule.second || other.second };
}

// What no table can let through (KL 6 kap. 37-38 §§ and others); the most fundamental first.
function guard(facts, around) {
  if (around.rules_unreadable || !around.day) return "SPÄRR-REGLER";
  if (around.log_unavailable) return "SPÄRR-LOGG";
  if (around.halt) return "SPÄRR-STOPP";
  if (!around.deployment) return "SPÄRR-IBRUKTAGANDE";
  if (facts["är beslut"] === true) {
    if (facts.delegation === undefined || facts.delegation !== (around.delegation ?? "")) return "SPÄRR-DELEGATION";
    const free = ["upphandling", "valfrihetssystem", "får inte delegeras"].every((column) => facts[column] === false);
    if (!free || facts["överklagas"] !== APPEALS[0]) return "SPÄRR-EJ-DELEGERBART";
  }
  const known = (...columns) => columns.every((column) => facts[column] !== undefined);
  if (facts.skede === "svar") {
    if (!known("sekretess", "sekretess i sökträffar")) return "SPÄRR-SEKRETESS";
    if (!known("ordagrant") && !known("godkänd modell")) return "SPÄRR-UPPGIFTER";
    return known("roll", "kanal", "svagaste stöd", "andel med källa", "är beslut", "överklagas") ? "" : "SPÄRR-UPPGIFTER";
  }
  if (facts.skede !== "fråga") return "SPÄRR-SKEDE";
  if (facts.roll === "medborgare" && !known("eget ärende")) return "SPÄRR-UPPGIFTER";
  return known("roll", "kanal", "fara", "styrförsök", "vill ha människa") ? "" : "SPÄRR-UPPGIFTER";
}

function decide(rules, input, around) {
  const facts = factsOf(input);
  const national = firstHit(rules.nationell, facts, around.day ?? "");
  const own = rules.egen && firstHit(rules.egen, facts, around.day ?? "");
  const stricter = national && own && (own.verdict === national.verdict || RANKS[own.verdict] > RANKS[national.verdict]);
  const both = stricter && own.verdict === "review" && national.verdict === "review";
  const rule = both ? reviewedAs(own, national) : stricter ? own : national;
  const guarded = (id) => ({ id, verdict: "review", hours: null, second: false });
  if (around.evaluators_differ) return guarded("SPÄRR-MOTOR");
  if (!rule) return guarded("SPÄRR-REGLER");
  if (rule.verdict === "refuse" || rule.verdict === "hand_over") return rule;
  const held = guard(facts, around);
  if (!held) return rule;
  return rule.verdict === "review" ? reviewedAs(guarded(held), rule) : guarded(held);
}
