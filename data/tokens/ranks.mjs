// The vocabulary of an encoding as the package tiktoken has it: texts by rank, and how each text came to be.

// -> texts by rank, each byte one character (latin1).
export function readRanks(bpeRanks) {
  const texts = [];
  for (const line of bpeRanks.split("\n").filter((line) => line)) {
    const [, first, ...words] = line.split(" ");
    words.forEach((word, i) => { texts[Number(first) + i] = Buffer.from(word, "base64").toString("latin1"); });
  }
  const ranks = new Map(texts.map((text, rank) => [text, rank]));
  if (ranks.size !== texts.length || texts.includes(undefined)) throw new Error("ranks have gaps or doubles");
  for (let byte = 0; byte < 256; ++byte)
    if (!ranks.has(String.fromCharCode(byte))) throw new Error(`byte ${byte} has no rank`);
  return { texts, ranks };
}

// The two parts that merging joins last on its way to the token; [rank, rank] of a byte. Each token must be what
// merging makes of its text: the run-time's proof that a pair of tokens can stand side by side rests on it.
export function splitOf(text, { ranks }) {
  if (text.length === 1) return [ranks.get(text), ranks.get(text)];
  const parts = [...text];
  while (parts.length > 2) {
    const at = leastPair(parts, ranks);
    if (at < 0) break;
    parts.splice(at, 2, parts[at] + parts[at + 1]);
  }
  const split = parts.map((part) => ranks.get(part));
  if (parts.length !== 2 || Math.max(...split) >= ranks.get(text))
    throw new Error(`merging does not make the token ${ranks.get(text)}`);
  return split;
}

function leastPair(parts, ranks) {
  let least = Infinity, at = -1;
  for (let i = 0; i + 1 < parts.length; ++i) {
    const rank = ranks.get(parts[i] + parts[i + 1]) ?? Infinity;
    if (rank < least) [least, at] = [rank, i];
  }
  return at;
}

// The longest token that the text begins with and that is not the whole text; none of a byte.
export function prefixOf(text, { ranks }) {
  for (let length = text.length - 1; length > 0; --length) {
    const rank = ranks.get(text.slice(0, length));
    if (rank !== undefined) return rank;
  }
  return none;
}

export const none = 0xffffffff;
