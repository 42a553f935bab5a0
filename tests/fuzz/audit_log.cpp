// Any bytes as an audit log, read in pieces of any size: no crash, and a log that verifies has
// records only, one behind the other.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "runtime/audit/head.h"
#include "runtime/audit/query.h"
#include "runtime/audit/verify.h"

namespace {

using namespace aipol::audit;

// The first byte says how large the pieces are.
LineReader reader_of(const uint8_t* data, size_t size) {
  size_t piece = size > 0 ? size_t{data[0]} + 1 : 1;
  return LineReader(
      [data, size, piece, at = size_t{1}](char* into, size_t room) mutable -> long {
        if (at >= size) return 0;
        size_t count = std::min({room, size - at, piece});
        std::memcpy(into, data + at, count);
        at += count;
        return static_cast<long>(count);
      },
      4096);
}

Verified verified(const uint8_t* data, size_t size, const std::optional<Head>& head,
                  bool restarts) {
  LineReader reader = reader_of(data, size);
  return verify({[&](std::string_view& line) { return reader.next(line); },
                 [] { return std::string(); }, [&] { return reader.line_number(); }},
                head, {.restarts = restarts});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)parse_head({reinterpret_cast<const char*>(data), size});
  Query query;
  query.policies = {"p"};
  query.statuses = {200};
  query.since = 0;
  LineReader reader = reader_of(data, size);
  std::string_view line;
  uint64_t records = 0;
  for (LineReader::Got got = reader.next(line);
       got == LineReader::Got::line || got == LineReader::Got::torn; got = reader.next(line)) {
    (void)matches(query, line);
    if (describe(line).find('\n') != std::string::npos) std::abort();
    records += got == LineReader::Got::line && read_frame(line) ? 1 : 0;
  }
  Verified alone = verified(data, size, std::nullopt, false);
  if (!alone.finding && alone.records != records) std::abort();
  if (!alone.finding && verified(data, size, std::nullopt, true).finding) std::abort();
  Head beyond{{alone.last.seq + 1, alone.last.hash}, 1, 0};
  if (!verified(data, size, beyond, false).finding) std::abort();
  return 0;
}
