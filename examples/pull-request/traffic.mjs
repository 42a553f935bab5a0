// Prints a Monday of traffic as `aipol serve --record` writes it, the same each time. What was decided is what
// repository/policies say; `aipol replay` without `--against` would tell if it were not.
import { createHash } from "node:crypto";

const day = Date.UTC(2026, 2, 2);
const nano_dollars = { "gpt-4o": [2_500, 10_000], "gpt-4o-mini": [150, 600] };  // a token in, a token out

// Mulberry32: whole numbers only, so that every machine has the same.
let state = 20_260_302;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
const between = (least, most) => least + Math.floor(random() * (most - least + 1));
const one_of = (list) => list[between(0, list.length - 1)];
function hour_of(weights) {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return weights.findIndex((weight) => (left -= weight) < 0);
}

// Requests by the hour, UTC.
const at_work = [0, 0, 0, 0, 0, 1, 6, 14, 18, 16, 13, 7, 11, 16, 17, 14, 9, 4, 2, 1, 1, 0, 0, 0];
const by_night = [0, 30, 34, 26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const all_day = [4, 3, 3, 3, 4, 6, 9, 12, 14, 14, 13, 12, 12, 13, 13, 12, 11, 10, 9, 8, 8, 7, 6, 5];

const chat = "/v1/chat/completions";
const groups = [
  { team: "engineering", who: ["ada", "ben", "cho", "dan", "eli", "fay", "gus"], requests: 430, hours: at_work, large: 0.35, input: [200, 2_500], output: [80, 700],
    asks: ["Why does this test fail only on CI?", "Write a migration that drops the column.", "Explain this stack trace."] },
  { team: "engineering", who: ["tom", "uma"], contractor: true, requests: 70, hours: at_work, large: 0.2, input: [200, 1_500], output: [80, 500],
    asks: ["What does this function do?", "Rename these variables."] },
  { team: "research", who: ["hal", "ivy", "jon"], requests: 180, hours: at_work, large: 0.8, input: [900, 6_000], output: [200, 900],
    asks: ["Compare these two papers.", "Which of these claims has no source?"] },
  { team: "research", who: ["nightly-digest"], kind: "app", requests: 120, hours: by_night, large: 1, input: [4_000, 9_000], output: [300, 700],
    asks: ["Summarise the articles of the day."] },
  { team: "marketing", who: ["kim", "lea", "max", "mia"], requests: 190, hours: at_work, large: 0.3, input: [150, 900], output: [150, 600],
    asks: ["Three shorter headlines, please.", "Say this in a friendlier way."] },
  { team: "support", who: ["help-desk"], kind: "app", path: "/v1/support/answers", requests: 520, hours: all_day, input: [300, 1_200], output: [60, 260],
    asks: ["Where is my parcel?", "I was charged twice. Please write to jo.fox@example.com.", "How do I change my address?", "Refund to DE89 3704 0044 0532 0130 00, please.",
      "The app shows an empty page.", "Send it to eva@example.org instead.", "Can I return an opened box?"] },
  { who: ["old-export"], kind: "app", requests: 24, hours: Array(24).fill(1), large: 0, input: [100, 200], output: [10, 20], asks: ["Translate the table."] },
];

function decision(group, model) {
  if (group.path) return { decision: "allow", policy: "help_desk" };
  const employed = group.team && !group.contractor;
  if (employed) return { decision: "allow", policy: model === "gpt-4o" ? "large_models" : "small_models" };
  if (model === "gpt-4o") return { decision: "deny", policy: "large_models", message: "gpt-4o is for employees" };
  return { decision: "deny", message: "no policy allows this request" };
}

function principal(group) {
  const { team, contractor, kind = "user" } = group;
  return { kind, id: one_of(group.who), method: "api_key", ...(team && { team }), ...(contractor && { contractor }) };
}

function answer(model, group, asked) {
  const [input_tokens, output_tokens] = [between(...group.input), Math.min(between(...group.output), asked)];
  const [in_price, out_price] = nano_dollars[model];
  const cost = (input_tokens * in_price + output_tokens * out_price) / 1e9;
  const latency = (300 + output_tokens * (model === "gpt-4o" ? 14 : 7)) / 1000;
  return {
    latency,
    rest: {
      response: { status: 200, finish_reason: "stop", model_version: model, size: 600 + 4 * output_tokens, latency, text: "…" },
      usage: { input_tokens, output_tokens, cost },
    },
  };
}

function record(group) {
  const time = day + hour_of(group.hours) * 3_600_000 + between(0, 3_599_999);
  const path = group.path ?? chat;
  const model = group.path || random() < group.large ? "gpt-4o" : "gpt-4o-mini";
  const messages = [{ role: "user", content: one_of(group.asks) }];
  const max_tokens = one_of([300, 800, 1_000]);
  const body_text = JSON.stringify({ ...(!group.path && { model }), messages, max_tokens });
  const decided = decision(group, model);
  const answered = decided.decision === "allow" ? answer(model, group, max_tokens) : { latency: 0, rest: {} };
  const line = {
    v: 1, kind: "traffic", time: new Date(time).toISOString(),
    request: { id: `${between(0x1000_0000, 0xffff_ffff).toString(16)}`, method: "post", path, host: "ai.internal", ip: `10.0.${between(0, 9)}.${between(2, 250)}`,
      size: body_text.length, headers: { "content-type": "application/json" }, body_text },
    principal: principal(group),
    ai: { operation: "chat", max_tokens, messages: messages.map(({ role, content }) => ({ role, text: content })) },
    model: { name: model },
    ...(decided.decision === "allow" && { target: model, provider: "openai" }),
    ...decided, status: decided.decision === "allow" ? 200 : 403, phase: "body", ...answered.rest,
  };
  return { end: time + answered.latency * 1000, line };
}

// A log is written as requests end, each record with the hash of the one before.
const records = groups.flatMap((group) => Array.from({ length: group.requests }, () => record(group)));
records.sort((a, b) => a.end - b.end);
let prev = "0".repeat(64);
records.forEach(({ line }, i) => {
  const body = JSON.stringify({ seq: i + 1, prev, ...line }).slice(0, -1);
  prev = createHash("sha256").update(body).digest("hex");
  process.stdout.write(`${body},"hash":"${prev}"}\n`);
});
