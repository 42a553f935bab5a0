// The trie of all tokens as a double array: the child of a unit by a byte is the unit `base ^ byte`, if that bears the
// byte as its label. No two units have one base, so that the label tells whose child a unit is.

// A unit is two words: base << 9 | 0x100 | label, and token + 1, or 0 where no token ends. Unit 0 is the root; base 0
// is nobody's, so a leaf, which has it, has no child. Free units are 0.
export function buildTrie(texts) {
  const order = texts.map((_, rank) => rank).sort((a, b) => (texts[a] < texts[b] ? -1 : 1));
  const array = new DoubleArray();
  // Breadth first: what every walk begins with lies together.
  let level = [{ unit: 0, depth: 0, begin: 0, end: order.length }];
  while (level.length) level = level.flatMap((node) => place(node, order, texts, array));
  return array.words();
}

// Puts the children of a node into the array -> those children that have children.
function place({ unit, depth, begin, end }, order, texts, array) {
  const children = [];
  for (let i = begin; i < end; ++i) {
    const text = texts[order[i]], label = text.charCodeAt(depth);
    let child = children.at(-1);
    if (child?.label !== label) children.push(child = { label, depth: depth + 1, begin: i, token: 0 });
    child.end = i + 1;
    if (text.length === depth + 1) Object.assign(child, { token: order[i] + 1, begin: i + 1 });
  }
  const base = array.reserve(children.map(({ label }) => label));
  array.setBase(unit, base);
  for (const child of children) array.set(child.unit = base ^ child.label, child.label, child.token);
  return children.filter((child) => child.begin < child.end);
}

const blockSize = 256;
const openBlocks = 64;  // the last ones, in which free units are looked for

class DoubleArray {
  #edges = new Uint32Array(1 << 22);
  #tokens = new Uint32Array(1 << 22);
  #takenBases = new Set([0]);
  #size = blockSize;
  #free = [Array.from({ length: blockSize - 1 }, (_, i) => i + 1)];  // by block, the root's unit aside

  // -> a base with which all the labels' units are free.
  reserve(labels) {
    for (let block = Math.max(0, this.#free.length - openBlocks); block < this.#free.length; ++block) {
      for (const unit of this.#free[block]) {
        const base = unit ^ labels[0];
        if (this.#takenBases.has(base)) continue;
        if (labels.every((label) => this.#edges[base ^ label] === 0 && (base ^ label) !== 0)) return this.#take(base);
      }
    }
    this.#free.push(Array.from({ length: blockSize }, (_, i) => this.#size + i));
    this.#size += blockSize;
    if (this.#size > this.#edges.length) throw new Error("the trie has too many units");
    return this.#take(this.#size - blockSize);
  }

  #take(base) {
    this.#takenBases.add(base);
    return base;
  }

  set(unit, label, token) {
    this.#edges[unit] = 0x100 | label;
    this.#tokens[unit] = token;
    const free = this.#free[Math.floor(unit / blockSize)];
    free.splice(free.indexOf(unit), 1);
  }

  setBase(unit, base) { this.#edges[unit] = (this.#edges[unit] & 0x1ff) | (base << 9); }

  words() {
    const words = new Uint32Array(2 * this.#size);
    for (let unit = 0; unit < this.#size; ++unit)
      words.set([this.#edges[unit], this.#tokens[unit]], 2 * unit);
    return words;
  }
}
