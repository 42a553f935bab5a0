// Random choices that can be made again: the seed is printed, and AIPOL_SEED takes it.
export const seed = Number(process.env.AIPOL_SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`# AIPOL_SEED=${seed}`);

// Numbers of [0, 1): the same for the same seed and name. (mulberry32)
export function numbers(name) {
  let state = seed;
  for (const character of String(name)) state = Math.imul(state ^ character.charCodeAt(0), 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = (draw, list) => list[Math.floor(draw() * list.length)];
