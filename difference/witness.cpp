#include "difference/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/prove/witness.h"

namespace aipol::difference {

using json = nlohmann::ordered_json;
using plan::Constant;
using plan::Measure;
using prove::World;

namespace {

constexpr int64_t most_sends = 200;  // before a witness

// `a.b.c` of a document, as far as its parts are names.
void put(json& document, const std::string& path, const json& value) {
  json* at = &document;
  size_t begin = 0;
  for (;;) {
    size_t dot = path.find('.', begin);
    json& next = (*at)[path.substr(begin, dot - begin)];
    if (dot == path.npos) {
      next = value;
      return;
    }
    if (!next.is_object()) next = json::object();
    at = &next;
    begin = dot + 1;
  }
}

std::string text_of(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Lists of records lie column by column.
struct Column {
  std::string_view path, list, field;
};
constexpr Column columns[] = {{"ai.messages.role", "messages", "role"},
                              {"ai.messages.text", "messages", "text"},
                              {"response.tool_calls.name", "tool_calls", "name"},
                              {"response.tool_calls.arguments", "tool_calls", "arguments"}};

const Column* column_of(std::string_view path) {
  const auto* found = std::ranges::find(columns, path, &Column::path);
  return found == std::end(columns) ? nullptr : found;
}

void put_column(json& list, std::string_view field, const std::vector<std::string>& values) {
  if (!list.is_array()) list = json::array();
  for (size_t i = 0; i < values.size(); ++i) {
    while (list.size() <= i) list.push_back(json::object());
    list[i][std::string(field)] = values[i];
  }
}

std::vector<std::string> texts_of(const plan::Plan& plan, const plan::Source& source,
                                  const Constant& value) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return *texts;
  std::vector<std::string> out;
  const auto* members = std::get_if<std::vector<int64_t>>(&value);
  if (members == nullptr || source.enumeration == ~0u) return out;
  const auto& names = plan.enumerations[source.enumeration].members;
  for (int64_t member : *members) {
    bool known = member >= 0 && member < static_cast<int64_t>(names.size());
    out.push_back(known ? names[static_cast<size_t>(member)] : "");
  }
  return out;
}

// Each record has all its fields.
void complete_records(json& more) {
  for (const Column& column : columns) {
    for (auto& [object, fields] : more.items()) {
      json& list = fields[std::string(column.list)];
      if (!list.is_array()) {
        fields.erase(std::string(column.list));
        continue;
      }
      std::string_view missing = column.field == "role" ? "user" : "";
      for (json& record : list) {
        if (!record.contains(column.field)) record[std::string(column.field)] = missing;
      }
    }
  }
}

// What is read as a chat is one.
void complete_body(const json& request, json& body) {
  if (request.contains("model")) body["model"] = request["model"]["name"];
  if (!body.contains("messages"))
    body["messages"] = json::array({{{"role", "user"}, {"content", "hello"}}});
}

bool is_body(const plan::Source& source) {
  return source.path == "request.body" && !source.key.empty() && source.rep == plan::Rep::text;
}

}  // namespace

const plan::Meter* Witnesses::meter_of(const plan::Source& source) const {
  for (Side side : sides) {
    for (const plan::Meter& meter : plans_[side]->meters) {
      for (const char* mark : {"", ">"}) {
        if (source.path == fmt::format("meter.{}.{}{}.used", meter.package, meter.name, mark))
          return &meter;
      }
    }
  }
  return nullptr;
}

bool Witnesses::can_be_said(plan::SourceId source) const {
  const plan::Source& what = plan_.sources[source];
  if (what.path.starts_with("target.") || what.path.starts_with("data.")) return false;
  bool tool =
      what.path == "ai.tool.server" || what.path == "ai.tool.name" || what.path == "ai.tool.args";
  return arrived_.can_be_sent(source) || is_body(what) || tool || column_of(what.path) != nullptr;
}

bool Witnesses::complete(const World& world) const {
  return std::ranges::all_of(
      world, [&](const auto& entry) { return !entry.second || can_be_said(entry.first); });
}

Witness Witnesses::of(const World& world) const {
  World plain, rest;
  json body, more = json::object();
  for (const auto& [source, value] : world) {
    const plan::Source& what = plan_.sources[source];
    if (!value) continue;
    if (!can_be_said(source)) {
      rest.emplace(source, value);
    } else if (arrived_.can_be_sent(source)) {
      plain.emplace(source, value);
    } else if (is_body(what)) {
      put(body, what.key, std::get<std::string>(*value));
    } else if (const Column* column = column_of(what.path)) {
      std::string object = what.path.substr(0, what.path.find('.'));
      put_column(more[object][std::string(column->list)], column->field,
                 texts_of(plan_, what, *value));
    } else if (const auto* text = std::get_if<std::string>(&*value)) {
      json& tool = more["ai"]["tool"];
      if (what.path == "ai.tool.args")
        tool["args"][what.key] = *text;
      else
        tool[what.path.substr(8)] = *text;
    }
  }
  complete_records(more);
  for (const auto& [source, value] : prove::unsaid(plan_)) {
    if (plan_.sources[source].path == "request.time") plain.try_emplace(source, value);
  }
  json request = json::parse(prove::as_json(plan_, plain));
  request.merge_patch(more);
  if (!body.is_null() && !request.contains("ai")) complete_body(request, body);
  if (!body.is_null()) request["request"]["body_text"] = text_of(body);
  Witness out;
  out.request = text_of(request);
  for (auto entry = rest.begin(); entry != rest.end();) {
    const plan::Meter* meter = meter_of(plan_.sources[entry->first]);
    const auto* used = std::get_if<int64_t>(&*entry->second);
    bool counted = meter != nullptr && used != nullptr && *used > 0;
    json sent = request;
    if (counted && meter->measure == Measure::requests && *used <= most_sends) {
      out.before.insert(out.before.end(), static_cast<size_t>(*used), out.request);
    } else if (counted &&
               (meter->measure == Measure::tokens || meter->measure == Measure::input_tokens)) {
      sent["usage"]["input_tokens"] = *used;
      out.before.push_back(text_of(sent));
    } else if (counted && meter->measure == Measure::output_tokens) {
      sent["usage"]["output_tokens"] = *used;
      out.before.push_back(text_of(sent));
    } else if (counted && meter->measure == Measure::usd) {
      sent["usage"]["cost"] = static_cast<double>(*used) / 1e9;
      out.before.push_back(text_of(sent));
    } else {
      ++entry;
      continue;
    }
    entry = rest.erase(entry);
  }
  if (rest.empty()) return out;
  std::string whole = prove::as_send(plan_, rest), none = prove::as_send(plan_, {});
  if (whole.size() > none.size() + 7) out.assuming = whole.substr(none.size() + 7);
  return out;
}

}  // namespace aipol::difference
