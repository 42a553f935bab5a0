#include "runtime/gateway/rate_limits.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/json_text.h"
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

void add_number(std::string& out, std::string_view before, int64_t value) {
  out += before;
  append_json_number(out, value);
}

void begin_item(std::string& out, const plan::Meter& meter) {
  if (!out.empty()) out += ", ";
  out += '"';
  out += meter.name;
  out += '"';
}

void add_policy(std::string& out, const Quota& quota, const plan::Meter& meter) {
  begin_item(out, meter);
  add_number(out, ";q=", whole(quota.limit));
  const bool concurrent = meter.measure == Measure::concurrent;
  if (int64_t length = concurrent ? 0 : length_of(meter.window); length > 0)
    add_number(out, ";w=", length);
  if (meter.measure == Measure::requests) return;
  out += ";qu=\"";
  out += unit_of(meter.measure);
  out += '"';
}

void add_room(std::string& out, const Quota& quota, const plan::Meter& meter) {
  begin_item(out, meter);
  add_number(out, ";r=", whole(quota.room.left));
  if (quota.room.reset != meters::never) add_number(out, ";t=", seconds(quota.room.reset));
}

// "1h0m3s", "6m0s", "120ms"
std::string duration(int64_t nanoseconds) {
  const int64_t milliseconds = nanoseconds / 1'000'000 + (nanoseconds % 1'000'000 > 0);
  std::string out;
  const auto add = [&](int64_t value, std::string_view unit) {
    append_json_number(out, value);
    out += unit;
  };
  if (milliseconds < 1000) {
    add(milliseconds, "ms");
    return out;
  }
  const int64_t all = seconds(nanoseconds);
  if (all >= 3600) add(all / 3600, "h");
  if (all >= 60) add(all / 60 % 60, "m");
  add(all % 60, "s");
  return out;
}

// As OpenAI names them.
struct Names {
  std::string_view limit, remaining, reset;
};
constexpr Names of_requests{"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
                            "x-ratelimit-reset-requests"};
constexpr Names of_tokens{"x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens",
                          "x-ratelimit-reset-tokens"};

void write_openai(http::HeadWriter& writer, const Quota& quota, const Names& names) {
  writer.field(names.limit, static_cast<uint64_t>(quota.limit));
  writer.field(names.remaining, static_cast<uint64_t>(quota.room.left));
  if (quota.room.reset != meters::never) writer.field(names.reset, duration(quota.room.reset));
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
  if (requests != nullptr) write_openai(writer, *requests, of_requests);
  if (tokens != nullptr) write_openai(writer, *tokens, of_tokens);
}

bool is_rate_limit(std::string_view name) {
  constexpr std::string_view families[] = {"x-ratelimit-", "ratelimit"};
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(families,
                             [&](std::string_view one) { return lower.starts_with(one); });
}

}  // namespace aipol::gateway
