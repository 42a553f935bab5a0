#include "cli/output/proofs.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/output/diagnostics.h"
#include "cli/output/invariants.h"

namespace aipol::cli {

using json = nlohmann::ordered_json;

namespace {

json place(const plan::Place& place) {
  return {{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

}  // namespace

std::string proofs_text(const compiler::Compilation& compilation,
                        const std::vector<invariants::Judgement>& judged, bool colour) {
  std::string out = diagnostics_text(compilation.diagnostics, compilation.files, colour);
  if (compilation.failed()) return out;
  out += invariants_text(judged, colour);
  out += fmt::format("proved: {} statements can fire, none is always refused, no two conflict\n",
                     compilation.plan.statements.size());
  size_t left = compilation.findings.unanswered;
  if (left > 0) out += fmt::format("{} questions were too hard: nothing is known of them\n", left);
  if (!judged.empty()) out += "invariants: " + invariants_summary(judged) + "\n";
  return out;
}

std::string proofs_json(const compiler::Compilation& compilation,
                        const std::vector<invariants::Judgement>& judged) {
  json out = json::parse(diagnostics_json(compilation.diagnostics, compilation.files));
  out["invariants"] = invariants_json(judged);
  out["conflicts"] = json::array();
  for (const auto& conflict : compilation.findings.conflicts) {
    const auto& statements = compilation.plan.statements;
    out["conflicts"].push_back({{"first", place(statements[conflict.first].place)},
                                {"second", place(statements[conflict.second].place)},
                                {"send", conflict.send},
                                {"request", json::parse(conflict.json)}});
  }
  out["unanswered"] = compilation.findings.unanswered;
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace aipol::cli
