#include "runtime/gateway/rate_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace aipol::gateway {

using Quota = enforce::Passage::Quota;
using plan::Measure;

namespace {

constexpr int64_t second = 1'000'000'000;
constexpr int64_t most_whole = 999'999'999'999'999;  // RFC 9651 section 3.3.1

int64_t whole(int64_t amount) { return std::clamp<int64_t>(amount, 0, most_whole); }
int64_t seconds(int64_t nanoseconds) { return nanoseconds / second + (nanoseconds % second > 0); }

bool scarcer(const Quota& a, const Quota& b) {
  return a.room.left != b.room.left ? a.room.left < b.room.left : a.room.reset > b.room.reset;
}

// Of several limits on one meter the one that has least left.
std::vector<Quota> one_a_meter(std::span<const Quota> quotas) {
  std::vector<Quota> out;
  for (const Quota& quota : quotas) {
    auto same = std::ranges::find(out, quota.meter, &Quota::meter);
    if (same == out.end())
      out.push_back(quota);
    else if (scarcer(quota, *same))
      *same = quota;
  }
  return out;
}

// Seconds; 0 where it is not the same every time, or no whole number of them.
int64_t length_of(const plan::Window& window) {
  using Kind = plan::Window::Kind;
  switch (window.kind) {
    case Kind::sliding:
      return window.nanoseconds % second == 0 ? window.nanoseconds / second : 0;
    case Kind::minute:
      return 60;
    case Kind::hour:
      return 3600;
    case Kind::day:
      return 24 * 3600;
    case Kind::week:
      return 7 * 24 * 3600;
    default:
      return 0;
  }
}

std::string_view unit_of(Measure measure) {
  switch (measure) {
    case Measure::tokens:
      return "tokens";
    case Measure::input_tokens:
      return "input-tokens";
    case Measure::output_tokens:
      return "output-tokens";
    case Measure::concurrent:
      return "concurrent-requests";
    default:
      return "requests";
  }
}

void add_policy(std::string& out, const Quota& quota, const plan::Meter& meter) {
  if (!out.empty()) out += ", ";
  fmt::format_to(std::back_inserter(out), "\"{}\";q={}", meter.name, whole(quota.limit));
  const bool concurrent = meter.measure == Measure::concurrent;
  if (int64_t length = concurrent ? 0 : length_of(meter.window); length > 0)
    fmt::format_to(std::back_inserter(out), ";w={}", length);
  if (meter.measure != Measure::requests)
    fmt::format_to(std::back_inserter(out), ";qu=\"{}\"", unit_of(meter.measure));
}

void add_room(std::string& out, const Quota& quota, const plan::Meter& meter) {
  if (!out.empty()) out += ", ";
  fmt::format_to(std::back_inserter(out), "\"{}\";r={}", meter.name, whole(quota.room.left));
  if (quota.room.reset != meters::never)
    fmt::format_to(std::back_inserter(out), ";t={}", seconds(quota.room.reset));
}

// "1h0m3s", "6m0s", "120ms"
std::string duration(int64_t nanoseconds) {
  const int64_t milliseconds = nanoseconds / 1'000'000 + (nanoseconds % 1'000'000 > 0);
  if (milliseconds < 1000) return fmt::format("{}ms", milliseconds);
  const int64_t all = seconds(nanoseconds);
  if (all < 60) return fmt::format("{}s", all);
  if (all < 3600) return fmt::format("{}m{}s", all / 60, all % 60);
  return fmt::format("{}h{}m{}s", all / 3600, all / 60 % 60, all % 60);
}

void write_openai(http::HeadWriter& writer, const Quota& quota, std::string_view what) {
  writer.field(fmt::format("x-ratelimit-limit-{}", what), fmt::format("{}", quota.limit));
  writer.field(fmt::format("x-ratelimit-remaining-{}", what), fmt::format("{}", quota.room.left));
  if (quota.room.reset != meters::never)
    writer.field(fmt::format("x-ratelimit-reset-{}", what), duration(quota.room.reset));
}

}  // namespace

void write_rate_limits(http::HeadWriter& writer, std::span<const Quota> quotas,
                       std::span<const plan::Meter> meters) {
  if (quotas.empty()) return;
  std::string policies, rooms;
  const Quota *requests = nullptr, *tokens = nullptr;
  const std::vector<Quota> told = one_a_meter(quotas);
  for (const Quota& quota : told) {
    const plan::Meter& meter = meters[quota.meter];
    add_policy(policies, quota, meter);
    add_room(rooms, quota, meter);
    auto& least = meter.measure == Measure::requests ? requests : tokens;
    if (meter.measure != Measure::requests && meter.measure != Measure::tokens) continue;
    if (least == nullptr || scarcer(quota, *least)) least = &quota;
  }
  writer.field("ratelimit-policy", policies);
  writer.field("ratelimit", rooms);
  if (requests != nullptr) write_openai(writer, *requests, "requests");
  if (tokens != nullptr) write_openai(writer, *tokens, "tokens");
}

bool is_rate_limit(std::string_view name) {
  constexpr std::string_view families[] = {"x-ratelimit-", "ratelimit"};
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(families,
                             [&](std::string_view one) { return lower.starts_with(one); });
}

}  // namespace aipol::gateway
