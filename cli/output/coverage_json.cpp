#include <cmath>

#include <nlohmann/json.hpp>

#include "cli/output/coverage.h"

namespace aipol::cli {

using json = nlohmann::ordered_json;

namespace {

json share(const testing::Share& share) {
  return {{"hit", share.hit},
          {"total", share.total},
          {"percent", std::floor(share.percent() * 10) / 10}};
}

}  // namespace

std::string coverage_json(const testing::CoverageSummary& coverage) {
  json out = {{"statements", share(coverage.of_statements)},
              {"conditions", share(coverage.of_conditions)},
              {"policies", share(coverage.of_policies)},
              {"refusals", share(coverage.of_refusals)},
              {"uncovered", json::array()}};
  for (const Gap& gap : gaps(coverage)) {
    out["uncovered"].push_back({{"file", gap.place.file},
                                {"line", gap.place.line},
                                {"column", gap.place.column},
                                {"end_line", gap.place.end_line},
                                {"end_column", gap.place.end_column},
                                {"message", gap.text()}});
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace aipol::cli
