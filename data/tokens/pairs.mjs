// Which token two tokens merge into: a hash table with open addressing. A slot is 64 bits, merged << 36 | left << 18 |
// right, all ones where it is free; a pair's slot is the upper bits of (left << 18 | right) * factor, or behind it.
const free = 0xffffffffffffffffn;
const factor = 0x9e3779b97f4a7c15n;
const bits = 18;

export function buildPairs(splits) {
  if (splits.length >= 1 << bits) throw new Error("too many tokens for a slot");
  const sizeBits = Math.ceil(Math.log2(splits.length * 2));
  const slots = new BigUint64Array(1 << sizeBits).fill(free);
  splits.forEach(([left, right], merged) => {
    if (left === merged) return;  // a byte
    const key = (BigInt(left) << BigInt(bits)) | BigInt(right);
    let at = Number(BigInt.asUintN(64, key * factor) >> BigInt(64 - sizeBits));
    while (slots[at] !== free) at = (at + 1) % slots.length;
    slots[at] = (BigInt(merged) << BigInt(2 * bits)) | key;
  });
  return { slots, sizeBits };
}

// The least rank that a merge across a place can give, by the bytes before and behind the place: the byte before * 256 +
// the one behind. In fours, rounded down; 0xffff where nothing is merged across.
export function buildFloors(splits, texts) {
  const floors = new Uint16Array(1 << 16).fill(0xffff);
  splits.forEach(([left, right], merged) => {
    if (left === merged) return;
    const at = texts[left].charCodeAt(texts[left].length - 1) << 8 | texts[right].charCodeAt(0);
    floors[at] = Math.min(floors[at], merged >> 2);
  });
  return floors;
}
