// Makes build/data/NAME.tokens of the encodings in the package tiktoken: what runtime/tokens maps and uses as it is.
//   node convert.mjs FOLDER
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { buildClasses } from "./classes.mjs";
import { buildFloors, buildPairs } from "./pairs.mjs";
import { prefixOf, readRanks, splitOf } from "./ranks.mjs";
import { buildTrie } from "./trie.mjs";
import { tokensFile } from "./tokens_file.mjs";

const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const common = String.raw`\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\nSLASH]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const word = String.raw`[^\r\n\p{L}\p{N}]?`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;

// The patterns that runtime/tokens/pieces.h cuts by; another one is not taken silently.
const encodings = [
  { name: "cl100k", file: "cl100k_base", kind: 1,
    pattern: String.raw`${contraction}|${word}\p{L}+|${common.replace("SLASH", "")}` },
  { name: "o200k", file: "o200k_base", kind: 2,
    pattern: `${word}${upper}*${lower}+${contraction}?|${word}${upper}+${lower}*${contraction}?|${common.replace("SLASH", "/")}` },
];

function convert({ name, file, kind, pattern }, classes) {
  const { pat_str, bpe_ranks } = createRequire(import.meta.url)(`tiktoken/encoders/${file}.json`);
  if (pat_str !== pattern) throw new Error(`${name} has another pattern: ${pat_str}`);
  const vocabulary = readRanks(bpe_ranks);
  const splits = vocabulary.texts.map((text) => splitOf(text, vocabulary));
  const tokens = vocabulary.texts.flatMap((text, rank) =>
    [...splits[rank], prefixOf(text, vocabulary), text.length]);
  const bytes = Array.from({ length: 256 }, (_, byte) => vocabulary.ranks.get(String.fromCharCode(byte)));
  return tokensFile({ kind, units: buildTrie(vocabulary.texts), tokens: Uint32Array.from(tokens),
    pairs: buildPairs(splits), floors: buildFloors(splits, vocabulary.texts), bytes: Uint32Array.from(bytes), classes });
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node convert.mjs FOLDER");
mkdirSync(folder, { recursive: true });
const classes = buildClasses();
for (const encoding of encodings) {
  const path = join(folder, `${encoding.name}.tokens`);
  // A process that has the old file mapped keeps it.
  writeFileSync(`${path}.new`, convert(encoding, classes));
  renameSync(`${path}.new`, path);
}
