#include "runtime/offline/described_call.h"
#include "base/text.h"

#include <algorithm>

#include "base/check.h"

namespace aipol::offline {

namespace {

using plan::Constant;
using Set = void (*)(DescribedCall&, const Constant&);

struct Row {
  std::string_view path;
  Form form;
  Set set;
};

const std::string& text(const Constant& value) { return std::get<std::string>(value); }
const std::vector<std::string>& texts(const Constant& value) {
  return std::get<std::vector<std::string>>(value);
}

int64_t integer(const Constant& value) { return std::get<int64_t>(value); }

template <std::string context::ToolCall::* member>
void set_tool_calls(DescribedCall& d, const Constant& column) {
  std::vector<context::ToolCall>& calls = d.call.response.tool_calls;
  calls.resize(std::max(calls.size(), texts(column).size()));
  for (size_t i = 0; i < texts(column).size(); ++i) calls[i].*member = texts(column)[i];
}

// Texts given without messages are messages of the role they tell.
void add_message(DescribedCall& d, std::string_view role, const Constant& value) {
  d.call.ai.messages.push_back({std::string(role), text(value)});
}

template <std::string context::Message::* member>
void set_messages(DescribedCall& d, const Constant& column) {
  std::vector<context::Message>& messages = d.call.ai.messages;
  messages.resize(std::max(messages.size(), texts(column).size()));
  for (size_t i = 0; i < texts(column).size(); ++i) messages[i].*member = texts(column)[i];
}

const Row rows[] = {
    {"request.path", Form::text, [](DescribedCall& d, const Constant& v) { d.target = text(v); }},
    {"request.method", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.request.method = text(v); }},
    {"request.host", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.request.host = text(v); }},
    {"request.ip", Form::ip,
     [](DescribedCall& d, const Constant& v) { d.call.request.ip = std::get<plan::Ip>(v); }},
    {"request.id", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.request.id = text(v); }},
    {"request.time", Form::time,
     [](DescribedCall& d, const Constant& v) { d.call.request.time_ns = std::get<int64_t>(v); }},
    {"request.country", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.request.country = text(v); }},
    {"request.region", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.request.region = text(v); }},
    {"request.size", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.request.size = std::get<int64_t>(v); }},
    {"request.tls", Form::boolean,
     [](DescribedCall& d, const Constant& v) { d.call.request.tls = std::get<bool>(v); }},
    {"request.user_agent", Form::text,
     [](DescribedCall& d, const Constant& v) {
       d.call.request.headers.emplace_back("user-agent", text(v));
     }},
    {"request.body_text", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.request.body_text = text(v); }},
    {"principal.kind", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.principal.kind = text(v); }},
    {"principal.method", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.principal.method = text(v); }},
    {"principal.id", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.principal.id = text(v); }},
    {"principal.name", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.principal.name = text(v); }},
    {"principal.tenant", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.principal.tenant = text(v); }},
    {"principal.roles", Form::texts,
     [](DescribedCall& d, const Constant& v) { d.call.principal.roles = texts(v); }},
    {"principal.groups", Form::texts,
     [](DescribedCall& d, const Constant& v) { d.call.principal.groups = texts(v); }},
    {"principal.scopes", Form::texts,
     [](DescribedCall& d, const Constant& v) { d.call.principal.scopes = texts(v); }},
    {"principal.mfa", Form::boolean,
     [](DescribedCall& d, const Constant& v) { d.call.principal.mfa = std::get<bool>(v); }},
    {"principal.expires", Form::time,
     [](DescribedCall& d, const Constant& v) {
       d.call.principal.expires_ns = std::get<int64_t>(v);
     }},
    {"principal.actor", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.principal.actor = text(v); }},
    {"session.id", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.session.id = text(v); }},
    {"session.tags", Form::texts,
     [](DescribedCall& d, const Constant& v) { d.call.session.tags = texts(v); }},
    {"session.turns", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.session.turns = integer(v); }},
    {"system.load", Form::real,
     [](DescribedCall& d, const Constant& v) { d.load = std::get<double>(v); }},
    {"system.in_flight", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.in_flight = integer(v); }},
    {"ai.operation", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.ai.operation = text(v); }},
    {"ai.prompt", Form::text,
     [](DescribedCall& d, const Constant& v) { add_message(d, "user", v); }},
    {"ai.system", Form::text,
     [](DescribedCall& d, const Constant& v) { add_message(d, "system", v); }},
    {"ai.last_user", Form::text,
     [](DescribedCall& d, const Constant& v) { add_message(d, "user", v); }},
    {"ai.user_text", Form::text,
     [](DescribedCall& d, const Constant& v) { add_message(d, "user", v); }},
    {"ai.tool_results", Form::text,
     [](DescribedCall& d, const Constant& v) { add_message(d, "tool", v); }},
    {"ai.messages.role", Form::texts, set_messages<&context::Message::role>},
    {"ai.messages.text", Form::texts, set_messages<&context::Message::text>},
    {"ai.documents", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.ai.documents = text(v); }},
    {"ai.input_tokens", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.ai.input_tokens = integer(v); }},
    {"ai.tags", Form::texts,
     [](DescribedCall& d, const Constant& v) { d.call.ai.tags = texts(v); }},
    {"ai.tool.server", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.ai.tool.server = text(v); }},
    {"ai.tool.name", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.ai.tool.name = text(v); }},
    {"ai.turns", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.ai.turns = std::get<int64_t>(v); }},
    {"ai.stream", Form::boolean,
     [](DescribedCall& d, const Constant& v) { d.call.ai.stream = std::get<bool>(v); }},
    {"ai.max_tokens", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.ai.max_tokens = std::get<int64_t>(v); }},
    {"ai.temperature", Form::real,
     [](DescribedCall& d, const Constant& v) { d.call.ai.temperature = std::get<double>(v); }},
    {"ai.tools", Form::texts,
     [](DescribedCall& d, const Constant& v) { d.call.ai.tools = texts(v); }},
    {"ai.has_images", Form::boolean,
     [](DescribedCall& d, const Constant& v) { d.call.ai.has_images = std::get<bool>(v); }},
    {"ai.has_audio", Form::boolean,
     [](DescribedCall& d, const Constant& v) { d.call.ai.has_audio = std::get<bool>(v); }},
    {"model.name", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.model_name = text(v); }},
    {"response.status", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.response.status = integer(v); }},
    {"response.text", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.response.text = text(v); }},
    {"response.chunks", Form::texts,
     [](DescribedCall& d, const Constant& v) { d.reply.chunks = texts(v); }},
    {"response.error", Form::text,
     [](DescribedCall& d, const Constant& v) { d.reply.error = text(v); }},
    {"response.finish_reason", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.response.finish_reason = text(v); }},
    {"response.tool_calls.name", Form::texts, set_tool_calls<&context::ToolCall::name>},
    {"response.tool_calls.arguments", Form::texts, set_tool_calls<&context::ToolCall::arguments>},
    {"response.model_version", Form::text,
     [](DescribedCall& d, const Constant& v) { d.call.response.model_version = text(v); }},
    {"response.size", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.response.size = integer(v); }},
    {"response.latency", Form::duration,
     [](DescribedCall& d, const Constant& v) { d.call.response.latency_ns = integer(v); }},
    {"usage.input_tokens", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.usage.input_tokens = integer(v); }},
    {"usage.output_tokens", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.usage.output_tokens = integer(v); }},
    {"usage.cached_tokens", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.usage.cached_tokens = integer(v); }},
    {"usage.reasoning_tokens", Form::integer,
     [](DescribedCall& d, const Constant& v) { d.call.usage.reasoning_tokens = integer(v); }},
    {"usage.cost", Form::usd,
     [](DescribedCall& d, const Constant& v) {
       d.call.usage.cost = integer(v);
       d.has_cost = true;
     }},
    {"usage.cached", Form::boolean,
     [](DescribedCall& d, const Constant& v) { d.call.usage.cached = std::get<bool>(v); }},
};

const Row* row_of(std::string_view path) {
  const Row* found = std::ranges::find(rows, path, &Row::path);
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace

namespace {

constexpr std::string_view tool_argument = "ai.tool.args.";  // and its path

}  // namespace

std::optional<Form> form_of(std::string_view path) {
  if (path.starts_with(tool_argument)) return Form::text;
  const Row* row = row_of(path);
  return row == nullptr ? std::nullopt : std::optional(row->form);
}

void set_field(DescribedCall& described, std::string_view path, const Constant& value) {
  if (path.starts_with(tool_argument)) {
    described.call.ai.tool.arguments.emplace_back(path.substr(tool_argument.size()), text(value));
  } else {
    const Row* row = row_of(path);
    AIPOL_CHECK(row != nullptr, "a described field exists");
    row->set(described, value);
  }
  described.has_body = described.has_body || path == "request.body_text";
  described.has_ai = described.has_ai || path.starts_with("ai.");
  described.has_principal = described.has_principal || path.starts_with("principal.");
  described.has_kind = described.has_kind || path == "principal.kind";
  described.has_usage = described.has_usage || path.starts_with("usage.");
}

void add_header(DescribedCall& described, std::string_view name, std::string value) {
  described.call.request.headers.emplace_back(lower_ascii(name), std::move(value));
}

bool set_attribute(DescribedCall& described, std::string_view path, context::AttributeValue value) {
  size_t dot = path.find('.');
  std::string_view object = path.substr(0, dot);
  if (dot == path.npos || (object != "principal" && object != "request")) return false;
  bool of_principal = object == "principal";
  context::Attributes& attributes =
      of_principal ? described.call.principal.attributes : described.call.request.metadata;
  attributes.insert_or_assign(std::string(path.substr(dot + 1)), std::move(value));
  described.has_principal = described.has_principal || of_principal;
  return true;
}

}  // namespace aipol::offline
