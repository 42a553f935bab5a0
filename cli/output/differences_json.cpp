#include <nlohmann/json.hpp>

#include "cli/output/differences.h"

namespace aipol::cli {

using difference::Change;
using difference::Difference;
using difference::Edited;
using difference::Kind;
using json = nlohmann::ordered_json;

namespace {

json statement_json(const std::optional<difference::Written>& statement) {
  if (!statement) return nullptr;
  return {{"policy", statement->policy},
          {"file", statement->place.file},
          {"line", statement->place.line},
          {"text", statement->text}};
}

json edit_json(const Edited& edited) {
  json out = {{"before", statement_json(edited.statement.before)},
              {"after", statement_json(edited.statement.after)}};
  if (!edited.subject.empty()) out["subject"] = edited.subject;
  if (edited.moved) out["moved"] = true;
  return out;
}

json change_json(const Change& change, const Edited& edited, const Difference& difference) {
  json out = {{"because", change.because}, {"witness", json::parse(change.witness.request)}};
  if (!change.witness.before.empty()) {
    out["sent_before"] = json::array();
    for (const std::string& one : change.witness.before)
      out["sent_before"].push_back(json::parse(one));
  }
  if (!change.witness.assuming.empty()) out["assuming"] = change.witness.assuming;
  out["statement"] = edit_json(edited);
  bool decides = change.kind == Kind::allowed || change.kind == Kind::denied;
  if (!decides) {
    out["kind"] = change.kind == Kind::answered ? "refusal" : "effect";
    out["effect"] = change.effect;
    out["lost"] = change.lost;
    out["gained"] = change.gained;
  }
  out["was"] = change.outcome.before;
  out["now"] = change.outcome.after;
  if (difference.records) out["met"] = change.met;
  return out;
}

}  // namespace

std::string differences_json(const Difference& difference) {
  json out = {{"equivalent", difference.equivalent()}, {"newly_allowed", json::array()},
              {"newly_denied", json::array()},         {"effects_changed", json::array()},
              {"declarations_changed", json::array()}, {"unknown", json::array()}};
  for (const Edited& edited : difference.edits) {
    for (const Change& change : edited.changes) {
      std::string_view list = change.kind == Kind::allowed  ? "newly_allowed"
                              : change.kind == Kind::denied ? "newly_denied"
                                                            : "effects_changed";
      out[list].push_back(change_json(change, edited, difference));
    }
    for (const std::string& why : edited.unknown)
      out["unknown"].push_back({{"statement", edit_json(edited)}, {"reason", why}});
  }
  for (const difference::Declared& one : difference.declared) {
    auto text = [](const std::string& value) { return value.empty() ? json() : json(value); };
    out["declarations_changed"].push_back(
        {{"what", one.what}, {"before", text(one.before)}, {"after", text(one.after)}});
  }
  out["summary"] = {{"verdict", verdict_of(difference)},
                    {"statements_before", difference.statements.before},
                    {"statements_after", difference.statements.after},
                    {"statements_same", difference.same},
                    {"proved", difference.proved}};
  if (difference.anonymous) out["summary"]["remark"] = remark_of(difference);
  if (difference.records) out["summary"]["records"] = *difference.records;
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace aipol::cli
