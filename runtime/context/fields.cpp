#include "runtime/context/fields.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "runtime/context/fact_values.h"

namespace aipol::context {

using plan::Fact;

namespace {

std::string_view header(const Call& call, std::string_view name) {
  auto found =
      std::ranges::find(call.request.headers, name, &std::pair<std::string, std::string>::first);
  return found == call.request.headers.end() ? std::string_view() : std::string_view(found->second);
}

Fact first_value(const std::vector<std::pair<std::string, std::string>>& pairs,
                 const std::string& name) {
  auto found = std::ranges::find(pairs, name, &std::pair<std::string, std::string>::first);
  return found == pairs.end() ? absent() : text(found->second);
}

Fact enumerated(const Reading& r, std::string_view name) {
  return integer(member(r.plan.enumerations[r.source.enumeration], name));
}

Fact optional_integer(const std::optional<int64_t>& value) {
  return value ? integer(*value) : absent();
}
Fact optional_text(const std::optional<std::string>& value) {
  return value ? text(*value) : absent();
}

// The texts of the messages that `of` takes, a line each.
template <class F>
Fact joined(const Reading& r, F of) {
  size_t size = 0;
  for (const Message& message : r.call.ai.messages)
    size += of(message) ? message.text.size() + 1 : 0;
  if (size == 0) return text("");
  auto* bytes = reinterpret_cast<char*>(r.scratch.allocate(size));
  char* end = bytes;
  for (const Message& message : r.call.ai.messages) {
    if (!of(message)) continue;
    std::memcpy(end, message.text.data(), message.text.size());
    end += message.text.size();
    *end++ = '\n';
  }
  return text({bytes, size - 1});
}

auto with_role(std::string_view role) {
  return [role](const Message& message) { return message.role == role; };
}

Fact last_of(const Call& call, std::string_view role) {
  for (auto message = call.ai.messages.rbegin(); message != call.ai.messages.rend(); ++message) {
    if (message->role == role) return text(message->text);
  }
  return text("");
}

// One field of each record of a list.
template <class List, class F>
Fact column(const Reading& r, const List& list, F cell) {
  auto* cells = reinterpret_cast<AipolCell*>(r.scratch.allocate(list.size() * sizeof(AipolCell)));
  std::ranges::transform(list, cells, [&](const auto& item) { return cell(item).value; });
  return {Fact::State::present, {reinterpret_cast<uint64_t>(cells), list.size()}};
}

Fact length(size_t size) { return {Fact::State::present, {0, size}}; }

struct Row {
  std::string_view path;
  ReadField read;
  ReadTexts texts = nullptr;
};
using Texts = const std::vector<std::string>&;

// Fields of `model`, `target` and `provider` that are not here come from their declarations; other
// fields of `principal` and `request` are attributes.
constexpr Row rows[] = {
    {"request.path", [](const Reading& r) { return text(r.call.request.path); }},
    {"request.method", [](const Reading& r) { return enumerated(r, r.call.request.method); }},
    {"request.host", [](const Reading& r) { return text(r.call.request.host); }},
    {"request.ip", [](const Reading& r) { return address(r.call.request.ip); }},
    {"request.country", [](const Reading& r) { return optional_text(r.call.request.country); }},
    {"request.region", [](const Reading& r) { return enumerated(r, r.call.request.region); }},
    {"request.id", [](const Reading& r) { return text(r.call.request.id); }},
    {"request.time", [](const Reading& r) { return integer(r.call.request.time_ns); }},
    {"request.size", [](const Reading& r) { return integer(r.call.request.size); }},
    {"request.tls", [](const Reading& r) { return boolean(r.call.request.tls); }},
    {"request.user_agent", [](const Reading& r) { return text(header(r.call, "user-agent")); }},
    {"request.header",
     [](const Reading& r) { return first_value(r.call.request.headers, r.source.key); }},
    {"request.query",
     [](const Reading& r) { return first_value(r.call.request.query, r.source.key); }},
    {"request.body_text", [](const Reading& r) { return text(r.call.request.body_text); }},
    {"request.body",
     [](const Reading& r) { return first_value(r.call.request.body_values, r.source.key); }},

    {"principal.kind", [](const Reading& r) { return enumerated(r, r.call.principal.kind); }},
    {"principal.method", [](const Reading& r) { return enumerated(r, r.call.principal.method); }},
    {"principal.id", [](const Reading& r) { return text(r.call.principal.id); }},
    {"principal.name", [](const Reading& r) { return text(r.call.principal.name); }},
    {"principal.tenant", [](const Reading& r) { return text(r.call.principal.tenant); }},
    {"principal.roles",
     [](const Reading& r) { return texts_as(r.plan, r.source, r.call.principal.roles, r.scratch); },
     [](const Call& call) -> Texts { return call.principal.roles; }},
    {"principal.groups",
     [](const Reading& r) {
       return texts_as(r.plan, r.source, r.call.principal.groups, r.scratch);
     },
     [](const Call& call) -> Texts { return call.principal.groups; }},
    {"principal.scopes",
     [](const Reading& r) {
       return texts_as(r.plan, r.source, r.call.principal.scopes, r.scratch);
     },
     [](const Call& call) -> Texts { return call.principal.scopes; }},
    {"principal.mfa", [](const Reading& r) { return boolean(r.call.principal.mfa); }},
    {"principal.expires",
     [](const Reading& r) { return optional_integer(r.call.principal.expires_ns); }},
    {"principal.actor", [](const Reading& r) { return optional_text(r.call.principal.actor); }},

    {"session.id", [](const Reading& r) { return text(r.call.session.id); }},
    {"session.tags", [](const Reading& r) { return texts(r.call.session.tags, r.scratch); },
     [](const Call& call) -> Texts { return call.session.tags; }},
    {"session.turns", [](const Reading& r) { return integer(r.call.session.turns); }},

    {"system.load", [](const Reading& r) { return real(r.around.load); }},
    {"system.in_flight", [](const Reading& r) { return integer(r.around.in_flight); }},
    {"system.policy_version", [](const Reading& r) { return text(r.plan.version); }},

    {"ai.operation", [](const Reading& r) { return enumerated(r, r.call.ai.operation); }},
    {"ai.prompt", [](const Reading& r) { return joined(r, [](const Message&) { return true; }); }},
    {"ai.system", [](const Reading& r) { return joined(r, with_role("system")); }},
    {"ai.last_user", [](const Reading& r) { return last_of(r.call, "user"); }},
    {"ai.user_text", [](const Reading& r) { return joined(r, with_role("user")); }},
    {"ai.tool_results", [](const Reading& r) { return joined(r, with_role("tool")); }},
    {"ai.documents", [](const Reading& r) { return text(r.call.ai.documents); }},
    {"ai.messages", [](const Reading& r) { return length(r.call.ai.messages.size()); }},
    {"ai.messages.role",
     [](const Reading& r) {
       return column(r, r.call.ai.messages,
                     [&](const Message& m) { return enumerated(r, m.role); });
     }},
    {"ai.messages.text",
     [](const Reading& r) {
       return column(r, r.call.ai.messages, [](const Message& m) { return text(m.text); });
     }},
    {"ai.turns",
     [](const Reading& r) {
       return integer(
           r.call.ai.turns.value_or(std::ranges::count_if(r.call.ai.messages, with_role("user"))));
     }},
    {"ai.stream", [](const Reading& r) { return boolean(r.call.ai.stream); }},
    {"ai.max_tokens", [](const Reading& r) { return optional_integer(r.call.ai.max_tokens); }},
    {"ai.temperature",
     [](const Reading& r) {
       return r.call.ai.temperature ? real(*r.call.ai.temperature) : absent();
     }},
    {"ai.tools", [](const Reading& r) { return texts(r.call.ai.tools, r.scratch); },
     [](const Call& call) -> Texts { return call.ai.tools; }},
    {"ai.has_images", [](const Reading& r) { return boolean(r.call.ai.has_images); }},
    {"ai.has_audio", [](const Reading& r) { return boolean(r.call.ai.has_audio); }},
    {"ai.input_tokens", [](const Reading& r) { return integer(input_tokens(r.call.ai)); }},
    {"ai.tags", [](const Reading& r) { return texts(r.call.ai.tags, r.scratch); },
     [](const Call& call) -> Texts { return call.ai.tags; }},
    {"ai.tool.server", [](const Reading& r) { return text(r.call.ai.tool.server); }},
    {"ai.tool.name", [](const Reading& r) { return text(r.call.ai.tool.name); }},
    {"ai.tool.args",
     [](const Reading& r) { return first_value(r.call.ai.tool.arguments, r.source.key); }},

    {"model.name", [](const Reading& r) { return text(r.call.model_name); }},

    {"target.healthy",
     [](const Reading& r) { return boolean(r.around.target && r.around.target->healthy); }},
    {"target.latency_p95",
     [](const Reading& r) { return integer(r.around.target ? r.around.target->latency_p95 : 0); }},
    {"target.error_rate",
     [](const Reading& r) { return real(r.around.target ? r.around.target->error_rate : 0); }},
    {"target.in_flight",
     [](const Reading& r) { return integer(r.around.target ? r.around.target->in_flight : 0); }},

    {"response.status", [](const Reading& r) { return integer(r.call.response.status); }},
    {"response.text", [](const Reading& r) { return text(r.call.response.text); }},
    {"response.finish_reason",
     [](const Reading& r) { return text(r.call.response.finish_reason); }},
    {"response.tool_calls",
     [](const Reading& r) { return length(r.call.response.tool_calls.size()); }},
    {"response.tool_calls.name",
     [](const Reading& r) {
       return column(r, r.call.response.tool_calls, [](const ToolCall& c) { return text(c.name); });
     }},
    {"response.tool_calls.arguments",
     [](const Reading& r) {
       return column(r, r.call.response.tool_calls,
                     [](const ToolCall& c) { return text(c.arguments); });
     }},
    {"response.model_version",
     [](const Reading& r) { return text(r.call.response.model_version); }},
    {"response.size", [](const Reading& r) { return integer(r.call.response.size); }},
    {"response.latency", [](const Reading& r) { return integer(r.call.response.latency_ns); }},

    {"usage.input_tokens", [](const Reading& r) { return integer(r.call.usage.input_tokens); }},
    {"usage.output_tokens", [](const Reading& r) { return integer(r.call.usage.output_tokens); }},
    {"usage.cached_tokens", [](const Reading& r) { return integer(r.call.usage.cached_tokens); }},
    {"usage.reasoning_tokens",
     [](const Reading& r) { return integer(r.call.usage.reasoning_tokens); }},
    {"usage.cost", [](const Reading& r) { return integer(r.call.usage.cost); }},
    {"usage.cached", [](const Reading& r) { return boolean(r.call.usage.cached); }},

    {"detectors",
     [](const Reading& r) {
       return Fact{Fact::State::present, {reinterpret_cast<uint64_t>(r.around.detectors), 0}};
     }},
};

}  // namespace

namespace {

const Row* row_of(std::string_view path) {
  static const auto by_path = [] {
    std::unordered_map<std::string_view, const Row*> all;
    for (const Row& row : rows) all.emplace(row.path, &row);
    return all;
  }();
  auto found = by_path.find(path);
  return found == by_path.end() ? nullptr : found->second;
}

}  // namespace

ReadField field_reader(std::string_view path) {
  const Row* row = row_of(path);
  return row == nullptr ? nullptr : row->read;
}

ReadTexts texts_reader(std::string_view path) {
  const Row* row = row_of(path);
  return row == nullptr ? nullptr : row->texts;
}

}  // namespace aipol::context
