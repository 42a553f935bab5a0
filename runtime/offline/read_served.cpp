#include "runtime/offline/read_served.h"

#include "runtime/offline/json_members.h"

namespace aipol::offline {

namespace {

using nlohmann::json;

// None where one of them is not as it should be.
std::vector<Attempt> attempts_of(const json& record) {
  const json* list = member_of(record, "attempts");
  if (list == nullptr || !list->is_array()) return {};
  std::vector<Attempt> attempts;
  for (const json& one : *list) {
    std::string target = text_in(one, "target");
    auto status = integer_in(one, "status", 0, most_status);
    auto us = integer_in(one, "us", 0, INT64_MAX);
    if (target.empty() || !status || !us) return {};
    attempts.push_back({std::move(target), *status, nanoseconds(*us)});
  }
  return attempts;
}

}  // namespace

Served read_served(const json& record) {
  Served out;
  out.attempts = attempts_of(record);
  if (const json* expected = member_of(record, "expected")) {
    out.usual_tokens = integer_in(*expected, "output_tokens", 0, INT64_MAX);
    out.choices = integer_in(*expected, "choices", 1, INT64_MAX).value_or(1);
  }
  out.failed = is_set(record, "failed");
  out.client_gone = is_set(record, "client_gone");
  std::string phase = text_in(record, "phase");
  out.refused_answer = phase == "output" && text_in(record, "decision") == "deny";
  if (const json* refusal = member_of(record, "refusal"); refusal && is_set(*refusal, "unheard"))
    out.unheard = static_cast<uint16_t>(integer_in(*refusal, "status", 0, most_status).value_or(0));
  if (out.unheard != 0 && phase == "target") out.unheard_in = plan::Phase::target;
  return out;
}

}  // namespace aipol::offline
