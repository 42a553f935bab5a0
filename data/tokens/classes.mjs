// The classes of characters that the patterns of the encodings tell apart, as tiktoken's own regular expressions see
// them: they are asked, so that the version of Unicode is theirs.
import { Tiktoken } from "tiktoken";

// A bit each; runtime/tokens/classes.h.
const patterns = [
  [1, String.raw`[^\s\p{L}\p{N}\p{M}]`],
  [2, String.raw`[^\S\r\n]`],
  [4, String.raw`[\r\n]`],
  [8, String.raw`\p{N}`],
  [16, String.raw`[\p{Lu}\p{Lt}]`],
  [32, String.raw`\p{Ll}`],
  [64, String.raw`[\p{Lm}\p{Lo}]`],
  [128, String.raw`\p{M}`],
];
const codePoints = 0x110000;
const blockSize = 256;

function isScalar(codePoint) { return codePoint < 0xd800 || codePoint > 0xdfff; }

// An encoding whose tokens are the bytes, so that what it makes of a text are the bytes that the pattern matches.
function matches(pattern, text) {
  const bytes = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]).toString("base64"));
  const encoding = new Tiktoken(`! 0 ${bytes.join(" ")}`, {}, pattern);
  const matched = Buffer.from(encoding.encode_ordinary(text)).toString("utf8");
  encoding.free();
  return matched;
}

function classOfEach() {
  const classes = new Uint8Array(codePoints);
  let all = "";
  for (let c = 0; c < codePoints; ++c) if (isScalar(c)) all += String.fromCodePoint(c);
  for (const [bit, pattern] of patterns)
    for (const character of matches(pattern, all)) classes[character.codePointAt(0)] |= bit;
  for (let c = 0; c < codePoints; ++c) {
    const one = classes[c] !== 0 && (classes[c] & (classes[c] - 1)) === 0;
    if (one !== isScalar(c)) throw new Error(`U+${c.toString(16)} has the classes ${classes[c]}`);
  }
  return classes;
}

// -> { index: which block each 256 code points have, blocks: those that differ, one after the other }.
export function buildClasses() {
  const classes = classOfEach();
  const index = new Uint16Array(codePoints / blockSize);
  const numbers = new Map();
  const blocks = [];
  index.forEach((_, i) => {
    const block = classes.subarray(i * blockSize, (i + 1) * blockSize);
    const key = block.join();
    if (!numbers.has(key)) {
      numbers.set(key, blocks.length);
      blocks.push(block);
    }
    index[i] = numbers.get(key);
  });
  return { index, blocks: Buffer.concat(blocks) };
}
