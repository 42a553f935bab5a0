// Plan and layout -> native code, through the cache.
#include "compiler/compile.h"
#include "compiler/jit/jit.h"
#include "compiler/jit/object_cache.h"
#include "compiler/jit/object_key.h"
#include "compiler/lower/fingerprint.h"
#include "compiler/lower/lower.h"

namespace aipol::compiler {

namespace {

using Clock = std::chrono::steady_clock;

// The best code that is kept; the other tier serves where nobody asked for good code.
std::optional<NativeCode> kept_code(const ObjectCache& cache, const std::string& inputs,
                                    const plan::Layout& layout, std::optional<Tier> wanted) {
  for (Tier tier : {Tier::good, Tier::fast}) {
    if (tier == Tier::fast && wanted == Tier::good) break;
    auto object = cache.find(object_key(inputs, tier));
    if (!object) continue;
    if (auto code = load(*object, tier, layout)) return std::move(*code);
  }
  return std::nullopt;
}

}  // namespace

Result<NativeCode> native_code(const plan::Plan& plan, const plan::Layout& layout,
                               const Wanted& wanted, std::vector<Timing>& timings) {
  Clock::time_point start = Clock::now();
  ObjectCache cache(wanted.cache);
  std::string inputs = fingerprint(plan, layout);
  auto kept = wanted.cache.empty() ? std::nullopt : kept_code(cache, inputs, layout, wanted.tier);
  if (kept) {
    timings.push_back({Step::jit, Clock::now() - start});
    return std::move(*kept);
  }
  Lowered lowered = lower(plan, layout);
  Clock::time_point lowered_at = Clock::now();
  timings.push_back({Step::lower, lowered_at - start});
  Tier tier = wanted.tier.value_or(tier_for(lowered));
  Result<std::string> object = assemble(std::move(lowered), tier);
  if (!object) return std::unexpected(object.error());
  if (!wanted.cache.empty()) cache.keep(object_key(inputs, tier), *object);
  Result<NativeCode> code = load(*object, tier, layout);
  timings.push_back({Step::jit, Clock::now() - lowered_at});
  return code;
}

}  // namespace aipol::compiler
