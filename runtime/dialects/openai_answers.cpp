#include "runtime/dialects/openai_answers.h"

#include "base/json_text.h"

namespace aipol::dialects {
namespace {

std::string_view error_type(uint16_t status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  if (value.empty())
    out += "null";
  else
    append_json_string(out, value);
}

}  // namespace

std::string format_error(const ErrorBody& error) {
  std::string out = "{\"error\":{\"message\":";
  append_json_string(out, error.message);
  append_member(out, "type", error_type(error.status));
  append_member(out, "code", error.code);
  append_member(out, "param", error.param);
  if (!error.policy.empty()) append_member(out, "policy", error.policy);
  if (!error.request_id.empty()) append_member(out, "request_id", error.request_id);
  out += "}}";
  return out;
}

std::string format_model(const ListedModel& model) {
  std::string out = "{\"id\":";
  append_json_string(out, model.name);
  out += ",\"object\":\"model\",\"created\":0,\"owned_by\":";
  append_json_string(out, model.provider);
  out += '}';
  return out;
}

std::string format_models(const std::vector<ListedModel>& models) {
  std::string out = "{\"object\":\"list\",\"data\":[";
  for (const ListedModel& model : models) {
    if (out.back() == '}') out += ',';
    out += format_model(model);
  }
  out += "]}";
  return out;
}

}  // namespace aipol::dialects
