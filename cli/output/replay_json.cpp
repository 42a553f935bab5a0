#include <nlohmann/json.hpp>

#include "cli/output/replay.h"
#include "replay/report_json.h"

namespace aipol::cli {

std::string replay_json(const replay::Report& report, const std::vector<replay::Gate>& gates,
                        bool) {
  std::string text = replay::report_json(report);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const replay::Gate& gate : gates)
    list.push_back({{"gate", gate.text()},
                    {"failed", gate.fails(report)},
                    {"measured", gate.measured(report)}});
  text.pop_back();
  return text + ",\"gates\":" + list.dump() + "}\n";
}

}  // namespace aipol::cli
