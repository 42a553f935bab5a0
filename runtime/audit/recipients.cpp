#include "runtime/audit/recipients.h"

#include <algorithm>
#include <cmath>

namespace aipol::audit {

namespace {

// FNV-1a, then the finalizer of SplitMix64.
uint64_t hash_of(std::string_view id, int64_t time_ns) {
  uint64_t hash = 0xcbf29ce484222325ull ^ static_cast<uint64_t>(time_ns);
  for (unsigned char byte : id) hash = (hash ^ byte) * 0x100000001b3ull;
  hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9ull;
  hash = (hash ^ hash >> 27) * 0x94d049bb133111ebull;
  return hash ^ hash >> 31;
}

}  // namespace

bool sampled(std::string_view id, int64_t time_ns, double share) {
  if (share >= 1) return true;
  if (!(share > 0)) return false;
  return static_cast<double>(hash_of(id, time_ns) >> 11) < share * 0x1p53;
}

bool recipients_of(const enforce::Record* record, const plan::Gateway& gateway, std::string_view id,
                   int64_t time_ns, std::vector<uint32_t>& sinks) {
  sinks.clear();
  if (record != nullptr &&
      (record->level == enforce::LogLevel::none || !sampled(id, time_ns, record->sample)))
    return false;
  sinks.assign(gateway.audit.begin(), gateway.audit.end());
  if (record != nullptr) sinks.insert(sinks.end(), record->sinks.begin(), record->sinks.end());
  std::ranges::sort(sinks);
  auto repeated = std::ranges::unique(sinks);
  sinks.erase(repeated.begin(), repeated.end());
  return true;
}

}  // namespace aipol::audit
