// The layout of a .tokens file, little-endian; runtime/tokens/tokens_file.h reads it.
const magic = "aipoltok";
const version = 1;
const headerWords = 32;
const alignment = 64;

const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

// Header: magic, version, kind, bytes of the file, checksum, bits of the pairs' size, then offset and bytes of each
// section in this order.
export function tokensFile({ kind, units, tokens, pairs, floors, bytes, classes }) {
  const sections = [units, tokens, pairs.slots, floors, bytes, classes.index, classes.blocks].map(bytesOf);
  const header = new Uint32Array(headerWords);
  let size = 4 * headerWords;
  sections.forEach((section, i) => {
    header.set([size, section.length], 8 + 2 * i);
    size += Math.ceil(section.length / alignment) * alignment;
  });
  const file = Buffer.alloc(size);
  sections.forEach((section, i) => section.copy(file, header[8 + 2 * i]));
  header.set([version, kind, size, 0, pairs.sizeBits], 2);
  bytesOf(header).copy(file);
  file.write(magic, 0, "latin1");
  file.writeUInt32LE(checksum(file), 20);
  return file;
}

// Of the words of the file, the checksum's own being 0: eight sums side by side, each FNV-1a over every eighth word,
// joined in their order by the same step.
function checksum(file) {
  const words = new Uint32Array(file.buffer, file.byteOffset, file.length / 4);
  const step = (sum, word) => Math.imul(sum ^ word, 0x01000193);
  const sums = new Int32Array(8).fill(0x811c9dc5 | 0);
  for (let i = 0; i < words.length; ++i) sums[i % 8] = step(sums[i % 8], words[i]);
  return sums.reduce(step, 0x811c9dc5 | 0) >>> 0;
}
