#include "tests/support/replay_lines.h"

#include <algorithm>

#include <fmt/format.h>

namespace aipol::testing {

Result<bool> MemoryLines::next(replay::Block& block) {
  if (at_ == lines_.size()) return false;
  block = {};
  block.line = at_ + 1;
  block.number = number_++;
  for (size_t i = 0; i < block_ && at_ < lines_.size(); ++i) block.text += lines_[at_++] + "\n";
  block.size = block.text.size();
  block.text.append(replay::Block::slack, '\0');
  return true;
}

namespace {

std::string random_scalar(Choices& choices) {
  static constexpr std::string_view values[] = {"0",
                                                "1",
                                                "-7",
                                                "12.5",
                                                "true",
                                                "false",
                                                "null",
                                                "\"\"",
                                                "\"a\"",
                                                "[]",
                                                "{}",
                                                "[\"a\",\"b\"]",
                                                "[1]",
                                                "[1,\"a\"]",
                                                "1e3",
                                                "1e999",
                                                "-0",
                                                "9223372036854775807",
                                                "9223372036854775808",
                                                "\"\\u00e9\\n\"",
                                                "\"10.0.0.7\"",
                                                "\"2026-03-01T12:00:00Z\"",
                                                "1772366400.25",
                                                "\"allow\"",
                                                "\"deny\"",
                                                "403",
                                                "\"\\ud800\"",
                                                "18446744073709551616"};
  return std::string(choices.of(std::span<const std::string_view>(values)));
}

std::string fitting(std::string_view path, Choices& choices) {
  auto among = [&](std::initializer_list<std::string_view> all) {
    return std::string(choices.of(std::span(all.begin(), all.size())));
  };
  if (path == "request.path")
    return among({"\"/v1/chat/completions\"", "\"/v1/models?a=b\"", "\"/x\""});
  if (path == "request.method") return among({"\"post\"", "\"get\""});
  if (path == "request.ip") return among({"\"10.0.0.7\"", "\"::1\""});
  if (path == "request.headers" || path == "request.query" || path == "ai.tool.args")
    return among({"{}", "{\"x-team\":\"a\"}", "{\"X-Team\":\"a\",\"x-team\":\"b\"}",
                  "{\"a\":\"b\",\"c\":\"d\"}"});
  if (path == "ai.messages")
    return among(
        {"[]", "[{\"role\":\"user\",\"text\":\"hi\"}]",
         "[{\"role\":\"system\",\"text\":\"s\",\"x\":1},{\"text\":\"u\",\"role\":\"user\"}]"});
  if (path == "response.tool_calls")
    return among({"[]", "[{\"name\":\"f\",\"arguments\":\"{}\"}]"});
  if (path.ends_with("roles") || path.ends_with("groups") || path.ends_with("scopes") ||
      path.ends_with("tags") || path.ends_with("tools") || path.ends_with("chunks"))
    return among({"[]", "[\"a\"]", "[\"a\",\"b\"]"});
  if (path.ends_with("tokens") || path.ends_with("turns") || path.ends_with("size") ||
      path.ends_with("in_flight") || path == "response.status")
    return among({"0", "7", "200", "100000"});
  if (path.ends_with("cost") || path.ends_with("latency") || path.ends_with("load") ||
      path.ends_with("temperature"))
    return among({"0", "0.5", "0.000001"});
  if (path.ends_with("mfa") || path.ends_with("tls") || path.ends_with("cached") ||
      path.ends_with("stream") || path.ends_with("has_images") || path.ends_with("has_audio"))
    return among({"true", "false"});
  if (path.ends_with("time") || path.ends_with("expires"))
    return among({"\"2026-03-01T12:00:00Z\"", "1772366400", "1772366400.5"});
  return among({"\"a\"", "\"user\"", "\"gpt-4o\"", "\"\""});
}

}  // namespace

std::string with_other_values(std::string line, Choices& choices) {
  constexpr std::string_view digits = "0123456789", letters = "abcdefghijklmnopqrstuvwxyz";
  for (uint32_t left = choices.below(4); left > 0 && !line.empty(); --left) {
    size_t at = choices.below(static_cast<uint32_t>(line.size()));
    bool digit = digits.contains(line[at]);
    std::string_view all = digit ? digits : letters;
    if (!digit && !letters.contains(line[at])) continue;
    // Sometimes more, or less.
    if (choices.one_in(4)) line.erase(at, 1);
    if (choices.one_in(4)) continue;
    line.insert(at, 1, all[choices.below(static_cast<uint32_t>(all.size()))]);
  }
  return line;
}

namespace {

// What gateways tell besides; mostly as they write it.
template <class Add>
void add_serving(Choices& choices, Add add) {
  auto some = [&](const char* name, std::initializer_list<std::string_view> all) {
    if (!choices.one_in(4)) return;
    std::span values(all.begin(), all.size());
    add(name, choices.one_in(20) ? random_scalar(choices) : std::string(choices.of(values)));
  };
  some("attempts",
       {"[]", R"([{"target":"m","status":500,"us":7},{"target":"n","status":0,"us":9}])",
        R"([{"target":"m","status":200}])", R"([{"target":"","status":200,"us":1}])",
        R"([{"target":"m","status":1000,"us":1}])", R"([{"target":"m","status":200,"us":-1}])"});
  some("decided", {"\"2026-03-01T12:00:00.000000007Z\"", "\"soon\"", "1772366400"});
  some("settled", {"\"2026-03-01T12:00:01.000000007Z\"", "\"\""});
  some("expected", {R"({"output_tokens":512})", R"({"choices":2,"output_tokens":9})",
                    R"({"choices":0,"output_tokens":-9})", R"({"choices":3})", "{}"});
  some("failed", {"true", "false"});
  some("client_gone", {"true", "false"});
  some("refusal", {R"({"status":413,"unheard":true})", R"({"status":451})",
                   R"({"status":1000,"unheard":true})", R"({"unheard":true})",
                   R"({"status":499,"unheard":7})"});
}

}  // namespace

std::string random_record(Choices& choices) {
  std::vector<std::pair<std::string, std::string>> objects;  // name, members
  auto member = [&](const std::string& object, const std::string& name, const std::string& value) {
    auto found = std::ranges::find(objects, object, &std::pair<std::string, std::string>::first);
    if (found == objects.end()) {
      objects.emplace_back(object, "");
      found = objects.end() - 1;
    }
    if (!found->second.empty()) found->second += ',';
    found->second += fmt::format("\"{}\":{}", name, value);
  };
  std::string tool;
  for (std::string_view path : replay::field_paths) {
    if (!choices.one_in(3)) continue;
    std::string value = choices.one_in(60) ? random_scalar(choices) : fitting(path, choices);
    if (path.starts_with("ai.tool.")) {
      tool += fmt::format("{}\"{}\":{}", tool.empty() ? "" : ",", path.substr(8), value);
      continue;
    }
    size_t dot = path.find('.');
    member(std::string(path.substr(0, dot)), std::string(path.substr(dot + 1)), value);
    if (choices.one_in(200))
      member(std::string(path.substr(0, dot)), std::string(path.substr(dot + 1)), value);
  }
  if (!tool.empty()) member("ai", "tool", "{" + tool + "}");
  if (choices.one_in(3))
    member("principal", "team", choices.one_in(9) ? random_scalar(choices) : "\"red\"");
  if (choices.one_in(50)) member("principal", "level", random_scalar(choices));
  if (choices.one_in(50)) member("request", "project", random_scalar(choices));
  std::string out;
  auto add = [&](const std::string& name, const std::string& value) {
    out += fmt::format("{}\"{}\":{}", out.empty() ? "{" : ",", name, value);
  };
  if (choices.one_in(2)) {
    static constexpr std::string_view kinds[] = {"\"request\"", "\"traffic\"", "\"alert\"", "7"};
    if (choices.one_in(2)) add("seq", "7");
    add("v", choices.one_in(20) ? "\"1\"" : "1");
    add("kind", std::string(choices.of(std::span<const std::string_view>(kinds))));
    if (choices.one_in(2)) add("decision", choices.one_in(2) ? "\"allow\"" : "\"deny\"");
    if (choices.one_in(2)) add("status", "403");
    if (choices.one_in(3)) add("policy", "\"p\"");
    if (choices.one_in(2))
      add("phase", choices.one_in(2)   ? "\"body\""
                   : choices.one_in(2) ? "\"output\""
                                       : "\"target\"");
    if (choices.one_in(9)) add("redacted", "[\"pii.email\"]");
    if (choices.one_in(3)) add("id", "\"r1\"");
    if (choices.one_in(9)) add("us", "{\"total\":1}");
    add_serving(choices, add);
  }
  if (choices.one_in(2)) add("time", fitting("request.time", choices));
  if (choices.one_in(60)) add("foo", random_scalar(choices));
  for (const auto& [name, members] : objects)
    add(name, choices.one_in(200) ? random_scalar(choices) : "{" + members + "}");
  return out.empty() ? "{}" : out + "}";
}

namespace {

using replay::Record;

void sort_pairs(Record& record) {
  context::Call& call = record.call.call;
  for (auto* pairs : {&call.request.headers, &call.request.query, &call.ai.tool.arguments})
    std::ranges::stable_sort(*pairs, {}, [](const auto& pair) { return pair.first; });
}

auto texts_of(const std::vector<context::Message>& messages) {
  std::vector<std::string> out;
  for (const auto& one : messages) out.push_back(one.role + "\n" + one.text);
  return out;
}

auto texts_of(const std::vector<context::ToolCall>& calls) {
  std::vector<std::string> out;
  for (const auto& one : calls) out.push_back(one.name + "\n" + one.arguments);
  return out;
}

std::vector<std::pair<std::string, context::AttributeValue>> sorted(
    const context::Attributes& all) {
  std::vector<std::pair<std::string, context::AttributeValue>> out(all.begin(), all.end());
  std::ranges::sort(out, {}, [](const auto& one) { return one.first; });
  return out;
}

}  // namespace

std::string difference(Record a, Record b) {
  sort_pairs(a);
  sort_pairs(b);
  if (a.kind != b.kind) return "kind";
  if (a.kind == replay::Kind::other) return {};
#define SAME(member) \
  if (!(a.member == b.member)) return #member
  SAME(given);
  SAME(redacted);
  SAME(recorded.known);
  SAME(recorded.allowed);
  SAME(recorded.status);
  SAME(recorded.policy);
  SAME(recorded.statement);
  SAME(recorded.target);
  SAME(recorded.past_head);
  SAME(recorded.took);
  SAME(recorded.decided);
  SAME(recorded.settled);
  SAME(call.served);
  SAME(call.load);
  SAME(call.in_flight);
  SAME(call.target);
  SAME(call.has_ai);
  SAME(call.has_body);
  SAME(call.has_principal);
  SAME(call.has_kind);
  SAME(call.has_usage);
  SAME(call.has_cost);
  SAME(call.reply.chunks);
  SAME(call.reply.error);
  SAME(call.call.request.id);
  SAME(call.call.request.time_ns);
  SAME(call.call.request.method);
  SAME(call.call.request.host);
  SAME(call.call.request.ip);
  SAME(call.call.request.country);
  SAME(call.call.request.region);
  SAME(call.call.request.tls);
  SAME(call.call.request.size);
  SAME(call.call.request.headers);
  SAME(call.call.request.query);
  SAME(call.call.request.body_text);
  SAME(call.call.principal.kind);
  SAME(call.call.principal.method);
  SAME(call.call.principal.id);
  SAME(call.call.principal.name);
  SAME(call.call.principal.tenant);
  SAME(call.call.principal.roles);
  SAME(call.call.principal.groups);
  SAME(call.call.principal.scopes);
  SAME(call.call.principal.mfa);
  SAME(call.call.principal.expires_ns);
  SAME(call.call.principal.actor);
  SAME(call.call.session.id);
  SAME(call.call.session.tags);
  SAME(call.call.session.turns);
  SAME(call.call.ai.operation);
  SAME(call.call.ai.turns);
  SAME(call.call.ai.tools);
  SAME(call.call.ai.stream);
  SAME(call.call.ai.has_images);
  SAME(call.call.ai.has_audio);
  SAME(call.call.ai.max_tokens);
  SAME(call.call.ai.temperature);
  SAME(call.call.ai.input_tokens);
  SAME(call.call.ai.documents);
  SAME(call.call.ai.tags);
  SAME(call.call.ai.tool.server);
  SAME(call.call.ai.tool.name);
  SAME(call.call.ai.tool.arguments);
  SAME(call.call.model_name);
  SAME(call.call.response.status);
  SAME(call.call.response.text);
  SAME(call.call.response.finish_reason);
  SAME(call.call.response.model_version);
  SAME(call.call.response.size);
  SAME(call.call.response.latency_ns);
  SAME(call.call.usage.input_tokens);
  SAME(call.call.usage.output_tokens);
  SAME(call.call.usage.cached_tokens);
  SAME(call.call.usage.reasoning_tokens);
  SAME(call.call.usage.cost);
  SAME(call.call.usage.cached);
#undef SAME
  if (texts_of(a.call.call.ai.messages) != texts_of(b.call.call.ai.messages)) return "messages";
  if (texts_of(a.call.call.response.tool_calls) != texts_of(b.call.call.response.tool_calls))
    return "tool calls";
  if (sorted(a.call.call.principal.attributes) != sorted(b.call.call.principal.attributes))
    return "attributes of the principal";
  if (sorted(a.call.call.request.metadata) != sorted(b.call.call.request.metadata))
    return "attributes of the request";
  return {};
}

}  // namespace aipol::testing
