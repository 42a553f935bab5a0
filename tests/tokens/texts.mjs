// Texts to count, made at run time: of all kinds of characters that tokenizers tell apart, and of real texts.
import { existsSync, readFileSync, readdirSync } from "node:fs";

const root = new URL("../../", import.meta.url);

// The same numbers each time (a linear congruential generator).
function numbers(seed) {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

const lists = [
  [" ", " ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", " \n "],
  ["'s", "'T", "'re", "'VE", "'m", "'lL", "'D", "'\u017f", "'", "'l", "'r", "'v", "\u2019s"],
  ["0", "7", "42", "2026", "1234567", "\u0663", "\u2167", "\u00bd", "\u{1d7d8}"],
  ["a", "b", "the", " quick", " it", "ing", "return ", "x", "é", "ж", "ω", "ß"],
  ["A", "B", "HTTP", " World", "Don", "Z", "É", "Ж", "\u01c5", "\u1f88"],
  ["中", "文", "今天", "あ", "ア", "한국", "א", "م", "\u02b0", "ª", "ก", "अ"],
  ["\u0301", "\u0300", "\u20dd", "\u093e", "\u0903", "e\u0301"],
  ["!", "/", "//", "\\", ".", "();", "{", "}", "\"", "--", "...", "<|endoftext|>", "—", "_", "#", "  // "],
  ["😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "👍🏽", "\ufffd"],
];

export function randomTexts(count, seed) {
  const below = numbers(seed);
  const scalar = () => {
    const codePoint = below(0x110000);
    return codePoint >= 0xd800 && codePoint < 0xe000 ? "x" : String.fromCodePoint(codePoint);
  };
  return Array.from({ length: count }, () => {
    const kinds = Array.from({ length: 1 + below(lists.length) }, () => below(lists.length + 1));
    const part = () => {
      const list = lists[kinds[below(kinds.length)]];
      return list ? list[below(list.length)] : scalar();
    };
    return Array.from({ length: below(below(10) === 0 ? 300 : 40) }, part).join("");
  });
}

// Every character there is, a block of 256 at a time: what class it is of shows in how it is cut.
export function everyCharacter() {
  const texts = [];
  for (let block = 0; block < 0x1100; ++block) {
    if (block >= 0xd8 && block < 0xe0) continue;
    const characters = Array.from({ length: 256 }, (_, i) => String.fromCodePoint(block * 256 + i));
    texts.push(characters.map((character) => `a${character}A${character}1${character}!${character} ${character}`).join(""));
  }
  return texts;
}

export function sourceTexts() {
  return ["docs/", "runtime/gateway/", "tests/gateway/", "stdlib/"].flatMap((folder) =>
    readdirSync(new URL(folder, root), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(new URL(folder + entry.name, root), "utf8")));
}

// Of the collections that are not part of the repository; null where they are absent.
export function collectedTexts() {
  const folder = new URL("../shared/data/", root);
  if (!existsSync(folder)) return null;
  return ["pii/dev.jsonl", "injection/dev_attacks.jsonl", "injection/dev_benign.jsonl"]
    .filter((name) => existsSync(new URL(name, folder)))
    .flatMap((name) => readFileSync(new URL(name, folder), "utf8").split("\n").filter((line) => line))
    .map((line) => JSON.parse(line).text);
}
