#include "runtime/upstream/echo.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_text.h"

namespace aipol::upstream {
namespace {


constexpr size_t code_points_a_token = 4;

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

// What is answered, and whether all of it.
struct Said {
  std::string_view text;
  bool whole = true;
  int64_t prompt_tokens = 0;
  int64_t tokens = 0;
};

std::string_view cut(std::string_view text, int64_t tokens) {
  size_t left = static_cast<size_t>(std::min<int64_t>(tokens, INT64_MAX / 8)) * code_points_a_token;
  for (size_t i = 0; i < text.size(); ++i) {
    if (begins_code_point(text[i]) && left-- == 0) return text.substr(0, i);
  }
  return text;
}

Said say(const context::Ai& ai) {
  Said said;
  for (const context::Message& message : ai.messages) {
    said.prompt_tokens += estimate_tokens(message.text);
    if (message.role == "user") said.text = message.text;
  }
  if (ai.max_tokens) {
    const std::string_view part = cut(said.text, *ai.max_tokens);
    said.whole = part.size() == said.text.size();
    said.text = part;
  }
  said.tokens = estimate_tokens(said.text);
  return said;
}

std::string_view finish_reason(const Said& said) { return said.whole ? "\"stop\"" : "\"length\""; }

void append_start(std::string& out, const EchoCall& call, std::string_view object) {
  out += "{\"id\":";
  append_json_string(out, fmt::format("chatcmpl-{}", call.request_id));
  out += fmt::format(",\"object\":\"{}\",\"created\":{},\"model\":", object, call.created);
  append_json_string(out, call.model);
  out += ",\"system_fingerprint\":\"echo\"";
}

std::string format_usage(const Said& said) {
  return fmt::format(
      ",\"usage\":{{\"prompt_tokens\":{},\"completion_tokens\":{},\"total_tokens\":{}}}",
      said.prompt_tokens, said.tokens, said.prompt_tokens + said.tokens);
}

// `delta` and `finish` are JSON; an empty delta makes the chunk that bears only usage.
std::string format_event(const EchoCall& call, std::string_view delta, std::string_view finish,
                         std::string_view usage) {
  std::string out = "data: ";
  append_start(out, call, "chat.completion.chunk");
  out += ",\"choices\":[";
  if (!delta.empty()) {
    out += fmt::format("{{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":{}}}", delta,
                       finish);
  }
  out += ']';
  out += usage;
  out += "}\n\n";
  return out;
}

constexpr size_t most_events = 1000;

// A word with the blanks before it, as models stream; more of them, `least` bytes, where the text
// is very long.
std::string_view next_piece(std::string_view text, size_t least) {
  const size_t word = std::min(text.find_first_not_of(' '), text.size());
  size_t end = std::min(text.find(' ', std::max(word, least)), text.size());
  if (end > 4 * (least + 64)) end = 4 * (least + 64);  // a text without blanks
  while (end < text.size() && !begins_code_point(text[end])) ++end;
  return text.substr(0, end);
}

std::string content_delta(std::string_view text) {
  std::string out = "{\"content\":";
  append_json_string(out, text);
  out += '}';
  return out;
}

}  // namespace

int64_t estimate_tokens(std::string_view text) {
  const size_t points = std::count_if(text.begin(), text.end(), begins_code_point);
  return static_cast<int64_t>((points + code_points_a_token - 1) / code_points_a_token);
}

std::string echo_answer(const EchoCall& call) {
  const Said said = say(call.ai);
  std::string out;
  append_start(out, call, "chat.completion");
  out += ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":";
  append_json_string(out, said.text);
  out += ",\"refusal\":null},\"logprobs\":null,\"finish_reason\":";
  out += finish_reason(said);
  out += "}]";
  out += format_usage(said);
  out += '}';
  return out;
}

std::vector<std::string> echo_events(const EchoCall& call) {
  const Said said = say(call.ai);
  const std::string_view no_usage = call.wants_usage ? ",\"usage\":null" : "";
  std::vector<std::string> events;
  events.push_back(format_event(call, "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
                                "null", no_usage));
  for (std::string_view rest = said.text; !rest.empty();) {
    const std::string_view piece = next_piece(rest, said.text.size() / most_events);
    rest.remove_prefix(piece.size());
    events.push_back(format_event(call, content_delta(piece), "null", no_usage));
  }
  events.push_back(format_event(call, "{}", finish_reason(said), no_usage));
  if (call.wants_usage) events.push_back(format_event(call, "", "null", format_usage(said)));
  events.emplace_back("data: [DONE]\n\n");
  return events;
}

}  // namespace aipol::upstream
