// What became of the invariants, as people and programs read it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "invariants/judge.h"

namespace aipol::cli {

// Those that are not proved; of a refuted one the test that shows it.
std::string invariants_text(const std::vector<invariants::Judgement>& judged, bool colour);
// "1 proved, 0 refuted", and how many are unknown where some are; empty where there are no invariants.
std::string invariants_summary(const std::vector<invariants::Judgement>& judged);
bool all_proved(const std::vector<invariants::Judgement>& judged);
size_t count(const std::vector<invariants::Judgement>& judged, invariants::Judgement::Kind kind);

// [{"name":…,"status":…}] (docs/json.md).
nlohmann::ordered_json invariants_json(const std::vector<invariants::Judgement>& judged);

}  // namespace aipol::cli
