#include "runtime/enforce/written_body.h"

#include <nlohmann/json.hpp>

namespace aipol::enforce {

namespace {

using Json = nlohmann::json;

Json messages(const context::Ai& ai) {
  Json list = Json::array();
  for (const context::Message& message : ai.messages)
    list.push_back({{"role", message.role}, {"content", message.text}});
  return list;
}

Json tools(const context::Ai& ai) {
  Json list = Json::array();
  for (const std::string& name : ai.tools)
    list.push_back({{"type", "function"}, {"function", {{"name", name}}}});
  return list;
}

}  // namespace

std::string written_body(const context::Call& call) {
  const context::Ai& ai = call.ai;
  if (!call.request.body_text.empty() || ai.operation == "none") return call.request.body_text;
  Json body = {{"messages", messages(ai)}};
  if (!ai.model.empty()) body["model"] = ai.model;
  if (!ai.tools.empty()) body["tools"] = tools(ai);
  if (ai.stream) body["stream"] = true;
  if (ai.max_tokens) body["max_tokens"] = *ai.max_tokens;
  if (ai.temperature) body["temperature"] = *ai.temperature;
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace aipol::enforce
