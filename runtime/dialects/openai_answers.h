// Bodies that the gateway itself answers with, in the forms that OpenAI's clients know.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::dialects {

struct ErrorBody {
  uint16_t status = 400;
  std::string_view message;
  std::string_view code;    // "model_not_found", a policy's name; empty: null
  std::string_view param;   // the member of the body at fault; empty: null
  std::string_view policy;  // that refused; empty: left out
  std::string_view request_id;
};

// {"error":{"message","type","code","param","policy","request_id"}}; `type` follows from the
// status.
std::string format_error(const ErrorBody& error);

struct ListedModel {
  std::string_view name;
  std::string_view provider;
};

std::string format_model(const ListedModel& model);
std::string format_models(const std::vector<ListedModel>& models);

}  // namespace aipol::dialects
