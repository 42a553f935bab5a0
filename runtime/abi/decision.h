// What a compiled stage reads and writes. A stage is one native function: columns and tables in,
// fired statements out.
#pragma once

#include "runtime/abi/cell.h"

#ifdef __cplusplus
extern "C" {
#endif

// Rows, or runs, [first, first + count).
typedef struct AipolSpan {
  uint32_t first;
  uint32_t count;
} AipolSpan;

// Rows [first, first + count) of one table of rows.
typedef struct AipolRun {
  uint32_t rows;
  uint32_t first;
  uint32_t count;
} AipolRun;

// What a group's keys lead to, in slots (plan/slots.h); all zeros where a slot is free.
typedef struct AipolIndex {
  const uint64_t* slots;  // by symbol, slot 0 empty; slot 0 alone in a group without key; of a pair, the one slot where
                          // it can be (runtime/decision/pair_slots.h)
  const AipolRun* runs;
  uint64_t pair_mask;     // number of slots - 1
  const uint32_t* displacements;
  uint64_t displacement_mask;  // number of displacements - 1
} AipolIndex;
// Pairs are found by h = (first << 32 | second) * A, h ^= h >> 32, d = displacements[h & displacement_mask],
// slot = ((h ^ d) * B) >> 32 & pair_mask.
#define AIPOL_PAIR_A 0x9E3779B97F4A7C15ull
#define AIPOL_PAIR_B 0xD6E8FEB86659FD93ull

// Statements of one group and one shape, row by row: the words of parameters, then the statement.
typedef struct AipolRows {
  const uint64_t* words;
} AipolRows;
// So many rows of a table can stand in a slot.
#define AIPOL_ROWS_AHEAD 4

typedef struct AipolTables {
  const AipolIndex* indexes;  // by group
  const AipolRows* rows;
} AipolTables;

// The statements whose guards held, in no order; room for every statement of the plan and one more,
// no duplicates.
typedef struct AipolFired {
  uint32_t* statements;
  uint64_t count;
} AipolFired;

typedef void (*AipolStage)(const AipolCell* columns, const AipolTables* tables,
                           AipolScratch* scratch, AipolFired* fired);
// The value of one expression that is computed on demand (plan::Stage::computed), written to result.
typedef void (*AipolCompute)(const AipolCell* columns, const uint64_t* parameters,
                             AipolScratch* scratch, AipolCell* result);

#ifdef __cplusplus
}
#endif
