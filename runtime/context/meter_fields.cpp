#include "runtime/context/meter_fields.h"

#include <algorithm>
#include <cmath>

#include "base/saturate.h"
#include "runtime/context/fact_values.h"

namespace aipol::context {

using plan::Fact;
using plan::Rep;

namespace {

Fact amount(double value, bool scaled, Rep rep) {
  if (rep == Rep::real) return real(scaled ? value / amounts_per_real : value);
  constexpr double most = 9.2e18;
  return integer(std::llround(std::clamp(value, -most, most)));
}
Fact exact(int64_t value, bool scaled, Rep rep) {
  return rep == Rep::real ? amount(static_cast<double>(value), scaled, rep) : integer(value);
}

int64_t remaining(const MeterReading& r) {
  int64_t limit = r.limit.value_or(0);
  return r.used >= limit ? 0 : saturating_subtract(limit, r.used);
}

double ratio(const MeterReading& r) {
  int64_t limit = r.limit.value_or(0);
  if (limit > 0) return static_cast<double>(r.used) / static_cast<double>(limit);
  return r.used > 0 ? 1.0 : 0.0;
}

struct Row {
  std::string_view name;
  ReadMeter read;
};
constexpr Row rows[] = {
    {"used", [](const MeterReading& r, bool s, Rep rep) { return exact(r.used, s, rep); }},
    {"average", [](const MeterReading& r, bool s, Rep rep) { return amount(r.average, s, rep); }},
    {"zscore", [](const MeterReading& r, bool, Rep) { return real(r.zscore); }},
    {"remaining",
     [](const MeterReading& r, bool s, Rep rep) { return exact(remaining(r), s, rep); }},
    {"ratio", [](const MeterReading& r, bool, Rep) { return real(ratio(r)); }},
};

}  // namespace

ReadMeter meter_field_reader(std::string_view field) {
  const Row* row = std::ranges::find(rows, field, &Row::name);
  return row == std::end(rows) ? nullptr : row->read;
}

bool in_millionths(const plan::Plan& plan, const plan::Meter& meter) {
  return meter.sum != plan::no_node && plan.code[meter.sum].rep == Rep::real;
}

}  // namespace aipol::context
