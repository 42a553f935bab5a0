// What a compiled stage reads and writes. A stage is one native function: columns and tables in, fired statements out.
#pragma once

#include "runtime/abi/cell.h"

#ifdef __cplusplus
extern "C" {
#endif

// Rows [first, first + count) of a shape's table.
typedef struct AipolRun {
  uint32_t shape;
  uint32_t first;
  uint32_t count;
} AipolRun;

// An open-addressing entry for a pair of symbols; key is the dense key of AipolIndex, or ~0 where empty.
typedef struct AipolPair {
  uint32_t first;
  uint32_t second;
  uint32_t key;
} AipolPair;

// The runs of dense key k are runs[offsets[k] .. offsets[k + 1]).
typedef struct AipolIndex {
  const uint32_t* offsets;  // keys + 1 of them
  const AipolRun* runs;
  const AipolPair* pairs;  // only where the index is keyed by two columns
  uint32_t keys;
  uint32_t pair_mask;  // number of pair entries - 1, a power of two less one
} AipolIndex;

// Rows of one shape, parameters row by row.
typedef struct AipolShape {
  const AipolCell* parameters;
  const uint32_t* statements;  // row -> statement number
} AipolShape;

typedef struct AipolTables {
  const AipolIndex* indexes;
  const AipolShape* shapes;
} AipolTables;

// The statements whose guards held; room for every statement of the plan, no duplicates.
typedef struct AipolFired {
  uint32_t* statements;
  uint64_t count;
} AipolFired;

typedef void (*AipolStage)(const AipolCell* columns, const AipolTables* tables, AipolScratch* scratch,
                           AipolFired* fired);
// Computed arguments of one fired statement (its message), written to results.
typedef void (*AipolArguments)(const AipolCell* columns, const AipolCell* parameters, AipolScratch* scratch,
                               AipolCell* results);

#ifdef __cplusplus
}
#endif
