#include "replay/read_slowly.h"

#include <nlohmann/json.hpp>

#include "base/civil.h"
#include "runtime/offline/read_call.h"

namespace aipol::replay {

namespace {

using nlohmann::json;

std::string text_in(const json& record, const char* name) {
  auto found = record.find(name);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

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
  auto status = record.find("status");
  bool plain = status != record.end() && status->is_number_integer();
  int64_t number = plain ? status->get<int64_t>() : 0;
  if (number >= 0 && number <= 999) recorded.status = static_cast<uint16_t>(number);
  recorded.policy = text_in(record, "policy");
  recorded.statement = text_in(record, "statement");
  recorded.target = text_in(record, "target");
  std::string phase = text_in(record, "phase");
  recorded.past_head = !phase.empty() && phase != "head";
  recorded.decided = time_in(record, "decided");
  recorded.settled = time_in(record, "settled");
  if (auto refusal = record.find("refusal"); refusal != record.end() && refusal->is_object()) {
    auto of = refusal->find("status");
    bool told =
        of != refusal->end() && of->is_number_integer() && *of >= 0 && *of <= offline::most_status;
    if (told) recorded.status = of->get<uint16_t>();
  }
  auto us = record.find("us");
  if (us == record.end() || !us->is_object()) return;
  auto total = us->find("total");
  bool told = total != us->end() && total->is_number_integer() && total->get<double>() <= 9e18;
  if (told) recorded.took = offline::nanoseconds(total->get<int64_t>());
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
