#include "replay/read_slowly.h"

#include <nlohmann/json.hpp>

#include "base/civil.h"
#include "runtime/offline/json_members.h"
#include "runtime/offline/read_call.h"

namespace aipol::replay {

namespace {

using nlohmann::json;
using offline::integer_in;
using offline::text_in;

Kind kind_of(const json& record) {
  auto version = record.find("v");
  if (version == record.end() || !version->is_number_integer()) return Kind::plain;
  auto kind = record.find("kind");
  if (kind == record.end() || !kind->is_string()) return Kind::plain;
  if (*kind == "request") return Kind::request;
  return *kind == "traffic" ? Kind::traffic : Kind::other;
}

void find_given(const json& record, FieldSet& given) {
  if (record.contains("time")) given.add(Field::request_time);
  if (auto model = record.find("model"); model != record.end() && model->is_string())
    given.add(Field::model_name);
  auto add = [&](const std::string& path) {
    if (std::optional<Field> field = field_named(path)) given.add(*field);
  };
  for (const auto& [object, members] : record.items()) {
    if (!members.is_object()) continue;
    for (const auto& [name, value] : members.items()) {
      add(object + "." + name);
      if (object != "ai" || name != "tool" || !value.is_object()) continue;
      for (const auto& [part, ignored] : value.items()) add("ai.tool." + part);
    }
  }
}

int64_t time_in(const json& record, const char* name) {
  return parse_time(text_in(record, name)).value_or(0);
}

void find_recorded(const json& record, Recorded& recorded) {
  std::string decision = text_in(record, "decision");
  recorded.known = decision == "allow" || decision == "deny";
  recorded.allowed = decision == "allow";
  recorded.status =
      static_cast<uint16_t>(integer_in(record, "status", 0, offline::most_status).value_or(0));
  recorded.policy = text_in(record, "policy");
  recorded.statement = text_in(record, "statement");
  recorded.target = text_in(record, "target");
  std::string phase = text_in(record, "phase");
  recorded.past_head = !phase.empty() && phase != "head";
  recorded.decided = time_in(record, "decided");
  recorded.settled = time_in(record, "settled");
  if (const json* refusal = offline::member_of(record, "refusal")) {
    auto status = integer_in(*refusal, "status", 0, offline::most_status);
    if (status) recorded.status = static_cast<uint16_t>(*status);
  }
  const json* us = offline::member_of(record, "us");
  if (us == nullptr) return;
  auto total = integer_in(*us, "total", 0, INT64_MAX);
  if (total) recorded.took = offline::nanoseconds(*total);
}

}  // namespace

Result<void> read_slowly(std::string_view line, const plan::Plan& names, Record& record) {
  Result<offline::DescribedCall> call = offline::read_call(line, names);
  json object = json::parse(line, nullptr, false);
  if (!call) {
    if (!object.is_object() || kind_of(object) != Kind::other) return std::unexpected(call.error());
    record.kind = Kind::other;
    return {};
  }
  record.call = std::move(*call);
  record.kind = kind_of(object);
  find_given(object, record.given);
  if (record.kind == Kind::plain) return {};
  if (object.contains("id")) record.given.add(Field::request_id);
  find_recorded(object, record.recorded);
  record.redacted = object.contains("redacted");
  return {};
}

}  // namespace aipol::replay
