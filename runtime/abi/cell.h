// One value as native code sees it: 16 bytes, plain C. What a and b hold depends on the value's
// representation (plan/value.h), which both sides know at compile time:
//   boolean   a = 0 or 1
//   integer   a = two's complement (int, usd in nano-dollars, duration and time in ns, clock in s,
//   date in days,
//             enum as the member's number)
//   real      a = IEEE bits
//   text      a = address of the bytes, b = their number (UTF-8, not terminated, may hold NUL)
//   ip        a = high, b = low half of the IPv6 address; IPv4 is mapped (::ffff:a.b.c.d)
//   list      a = address of cells, b = their number
//   symbols   a = address of uint32_t numbers in a column's domain, ascending, b = their number; behind them
//   AIPOL_NUMBERS_AHEAD zeros
//   handle    a = address of an object the tables own (a compiled regex)
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct AipolCell {
  uint64_t a;
  uint64_t b;
} AipolCell;

#define AIPOL_NUMBERS_AHEAD 2

// Memory for computed texts: bump allocation, freed as a whole when the request's decision has been
// used.
typedef struct AipolScratch AipolScratch;
void* aipol_scratch_allocate(AipolScratch* scratch, uint64_t bytes);

// Every function policies can call (stdlib/native) has this shape; it reads its arguments, never
// fails.
typedef void (*AipolNative)(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch);

#ifdef __cplusplus
}
#endif
