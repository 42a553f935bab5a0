// Any bytes as a counter that was kept: no crash, what was read is written so that it reads the
// same, and counting goes on with it.
#include <cstdint>
#include <cstdlib>

#include "runtime/meters/state.h"

namespace aipol::meters {

namespace {

using Kind = plan::Window::Kind;

Rule rule_of(Kind kind, bool compares) {
  Rule rule;
  rule.kind = kind;
  rule.compares = compares;
  rule.tallies = true;
  if (kind == Kind::sliding || kind == Kind::minute) {
    rule.length = 60'000'000'000;
    rule.logs = true;
    rule.has_buckets = true;
    rule.limits = {{Bound::bucket, 100}, {Bound::sliding, 100}, {Bound::bucket, std::nullopt}};
  } else {
    rule.limits = {{Bound::calendar, 100}};
  }
  if (kind != Kind::sliding && kind != Kind::ever) rule.calendar.emplace(*Calendar::of("UTC"));
  return rule;
}

void count(State state, const Rule& rule) {
  constexpr int64_t begin = 1'772'366'400'000'000'000;
  for (int64_t now = begin, i = 0; i < 3; ++i, now += 7'000'000'000) {
    int64_t time = advance(state, rule, now);
    for (uint32_t limit = 0; limit < rule.limits.size(); ++limit)
      if (wait(state, rule, time, 3, {limit, 50, 60}) < 0) std::abort();
    charge(state, rule, time, 3, true);
    close(state, rule, time, -1);
    static_cast<void>(compare(state, rule));
    rest(state, rule);
  }
  state.log.shorten(16);
  abandon(state);
  if (state.open != 0) std::abort();
}

}  // namespace

}  // namespace aipol::meters

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aipol::meters;
  static const Rule rules[] = {rule_of(Kind::sliding, true), rule_of(Kind::minute, false),
                               rule_of(Kind::month, true), rule_of(Kind::ever, false)};
  auto state = decode({reinterpret_cast<const char*>(data), size});
  if (!state) return 0;
  std::string once, twice;
  encode(*state, once);
  auto again = decode(once);
  if (!again) std::abort();
  encode(*again, twice);
  if (once != twice) std::abort();
  for (const Rule& rule : rules) count(*state, rule);
  return 0;
}
