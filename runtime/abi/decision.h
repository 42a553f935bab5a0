// What a compiled stage reads and writes. A stage is one native function: columns and tables in,
// fired statements out.
#pragma once

#include "runtime/abi/cell.h"

#ifdef __cplusplus
extern "C" {
#endif

// Rows [first, first + count) of a table of rows. Where rows is AIPOL_MANY: runs [first, first +
// count) instead.
typedef struct AipolRun {
  uint32_t rows;
  uint32_t first;
  uint32_t count;
} AipolRun;
#define AIPOL_MANY 0xFFFFFFFFu

// An open-addressing entry for a pair of symbols; first is 0 where it is free.
typedef struct AipolPair {
  uint32_t first;
  uint32_t second;
  AipolRun run;
} AipolPair;

// What a group's key leads to. Key 0 of keys is empty; a group without key has its one run at 0.
typedef struct AipolIndex {
  const AipolRun* keys;  // by symbol; null where keyed by a pair
  const AipolRun* runs;  // of keys that lead to several
  const AipolPair*
      pairs;           // at (first * AIPOL_PAIR_A + second * AIPOL_PAIR_B) >> 32 & pair_mask and on
  uint64_t pair_mask;  // number of entries - 1, a power of two less one
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
