#include "runtime/offline/read_served.h"

#include <nlohmann/json.hpp>

namespace aipol::offline {

namespace {

using nlohmann::json;

const json* member(const json& object, const char* name) {
  auto found = object.is_object() ? object.find(name) : object.end();
  return !object.is_object() || found == object.end() ? nullptr : &*found;
}

std::string text_in(const json& object, const char* name) {
  const json* value = member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<int64_t> integer_in(const json& object, const char* name, int64_t least,
                                  int64_t most) {
  const json* value = member(object, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned() && value->get<uint64_t>() > INT64_MAX) return std::nullopt;
  int64_t number = value->get<int64_t>();
  return number >= least && number <= most ? std::optional(number) : std::nullopt;
}

bool is_set(const json& object, const char* name) {
  const json* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

// None where one of them is not as it should be.
std::vector<Attempt> attempts_of(const json& record) {
  const json* list = member(record, "attempts");
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
  if (const json* expected = member(record, "expected")) {
    out.usual_tokens = integer_in(*expected, "output_tokens", 0, INT64_MAX);
    out.choices = integer_in(*expected, "choices", 1, INT64_MAX).value_or(1);
  }
  out.failed = is_set(record, "failed");
  out.client_gone = is_set(record, "client_gone");
  std::string phase = text_in(record, "phase");
  out.refused_answer = phase == "output" && text_in(record, "decision") == "deny";
  if (const json* refusal = member(record, "refusal"); refusal && is_set(*refusal, "unheard"))
    out.unheard = static_cast<uint16_t>(integer_in(*refusal, "status", 0, most_status).value_or(0));
  if (out.unheard != 0 && phase == "target") out.unheard_in = plan::Phase::target;
  return out;
}

}  // namespace aipol::offline
