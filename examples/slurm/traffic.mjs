// Writes a week of traffic, a file a day: traffic.mjs FOLDER [REQUESTS]. The same each time; plain records by the names that policies use.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, requests = "7000"] = process.argv.slice(2);
const monday = Date.UTC(2026, 2, 2), day = 86_400_000;
const teams = ["chemistry", "physics", "biology"];

// Mulberry32: whole numbers only, so that every machine has the same.
let state = 20_260_302;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
const between = (least, most) => least + Math.floor(random() * (most - least + 1));

// Of forty people the first ask most; one of five is a student.
function record(time) {
  const who = Math.min(between(0, 39), between(0, 39), between(0, 39));
  const large = random() < 0.4;
  return {
    time: new Date(time).toISOString(),
    request: { path: "/v1/chat/completions" },
    principal: { kind: "user", id: `user-${who}`, team: teams[who % 3], student: who % 5 === 4 },
    ai: { operation: "chat", max_tokens: 2000 },
    model: { name: large ? "llama-70b" : "llama-8b" },
    response: { status: 200 },
    usage: { input_tokens: between(300, 6_000), output_tokens: between(50, 1_500) },
  };
}

mkdirSync(folder, { recursive: true });
const a_day = Math.ceil(Number(requests) / 7);
for (let date = monday; date < monday + 7 * day; date += day) {
  const times = Array.from({ length: a_day }, () => date + between(0, day - 1)).sort((a, b) => a - b);
  const text = times.map((time) => JSON.stringify(record(time)) + "\n").join("");
  writeFileSync(join(folder, `${new Date(date).toISOString().slice(0, 10)}.jsonl`), text);
}
