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

// What a group's key leads to: a span of each of the group's tables of rows; in a wide group one span of runs.
// A slot is these spans; where keyed by a pair, the two symbols before them (first is 0 where the slot is free).
typedef struct AipolIndex {
  const uint32_t* slots;  // by symbol, slot 0 empty; slot 0 alone in a group without key; of a pair, open addressing:
                          // (first * AIPOL_PAIR_A + second * AIPOL_PAIR_B) >> 32 & pair_mask, and on
  const AipolRun* runs;
  uint64_t pair_mask;     // number of slots - 1, a power of two less one
} AipolIndex;
#define AIPOL_PAIR_A 0x9E3779B97F4A7C15ull
#define AIPOL_PAIR_B 0xD6E8FEB86659FD93ull

// Statements of one group and one shape: words of parameters row by row.
typedef struct AipolRows {
  const uint64_t* parameters;
  const uint32_t* statements;
} AipolRows;

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
// The computed message of one fired statement, written to result.
typedef void (*AipolText)(const AipolCell* columns, const uint64_t* parameters,
                          AipolScratch* scratch, AipolCell* result);

#ifdef __cplusplus
}
#endif
