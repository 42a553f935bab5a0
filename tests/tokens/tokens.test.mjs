// `aipol tokens`: the same counts as npm's tiktoken, and what else the command does.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

import { collectedTexts, everyCharacter, randomTexts, sourceTexts } from "./texts.mjs";
import { tiktoken } from "./tiktoken.mjs";

const folder = mkdtempSync(join(tmpdir(), "aipol-tokens-"));
after(() => rmSync(folder, { recursive: true }));

function run(program, args, { input = "", environment = {} } = {}) {
  return spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, ...environment } });
}
const aipol = (args, options) => run(process.env.AIPOL, ["tokens", ...args], options);

function counts(tokenizer, lines) {
  const input = lines.map((line) => JSON.stringify(line)).join("\n");
  const { status, stdout, stderr } = aipol(["--tokenizer", tokenizer, "--jsonl", "-"], { input });
  assert.equal(status, 0, stderr);
  return stdout.trim().split("\n").map(Number);
}

const collected = collectedTexts();
const kinds = [
  ["random texts", randomTexts(2000, 1)],
  ["texts of every character", everyCharacter()],
  ["sources", sourceTexts()],
  ["collected texts", collected],
];
for (const name of ["o200k", "cl100k"]) {
  const encoding = tiktoken(name);
  for (const [kind, texts] of kinds) {
    test(`${name}: ${kind} have the tokens that tiktoken counts`, { skip: texts === null && "../shared/data is absent" }, () => {
      const counted = counts(name, texts.map((text) => ({ text })));
      assert.equal(counted.length, texts.length);
      texts.forEach((text, i) => assert.equal(counted[i], encoding.encode_ordinary(text).length, JSON.stringify(text)));
    });
  }
}

test("a text is counted as a whole, from a file or standard input", () => {
  const path = join(folder, "text");
  writeFileSync(path, "hello world\n");
  assert.equal(aipol([path]).stdout, "3\n");
  assert.equal(aipol(["-"], { input: "hello world\n" }).stdout, "3\n");
  assert.equal(aipol(["--tokenizer", "estimate", path]).stdout, "3\n");
  assert.equal(aipol([], { input: "" }).stdout, "0\n");
});

test("a chat has its framing, its images and its tools", () => {
  const chat = { messages: [{ role: "user", content: "hello world" }] };
  const parts = { messages: [{ role: "user", content: [{ type: "text", text: "hello world" }, { type: "image_url", image_url: { url: "x" } }] }] };
  const named = { messages: [{ role: "user", name: "ann", content: "hello world" }] };
  const tools = { ...chat, tools: ["hello world"] };
  assert.deepEqual(counts("o200k", [chat, parts, named, tools]), [9, 9 + 765, 9 + 1 + 1, 9 + 4]);
  assert.deepEqual(counts("estimate", [chat, parts]), [3, 3 + 765]);
});

test("what can not be counted is said in a line", () => {
  const refused = (args, options, message) => {
    const { status, stdout, stderr } = aipol(args, options);
    assert.deepEqual([status, stdout, stderr.trim().split("\n").length], [2, "", 1]);
    assert.match(stderr, message);
  };
  refused(["--jsonl"], { input: '{"texts": []}' }, /^aipol: -:1: has neither `text` nor `messages`$/m);
  refused(["--jsonl"], { input: "\n[" }, /^aipol: -:2: is no JSON object$/m);
  refused([join(folder, "nowhere")], {}, /nowhere: no such file$/m);
  refused([folder], {}, /no such file$/m);
  refused([], { environment: { AIPOL_DATA: folder } }, /o200k\.tokens: is missing; `\.\/dev setup`/);
});

test("a program that was installed finds its data beside it", () => {
  const build = dirname(process.env.AIPOL);
  const { status, stderr } = run("cmake", ["--install", build, "--prefix", folder, "--component", "data"]);
  assert.equal(status, 0, stderr);
  mkdirSync(join(folder, "bin"));
  cpSync(process.env.AIPOL, join(folder, "bin/aipol"));
  const { stdout } = run(join(folder, "bin/aipol"), ["tokens"], { input: "hello world", environment: { AIPOL_DATA: "" } });
  assert.equal(stdout, "2\n");
});
