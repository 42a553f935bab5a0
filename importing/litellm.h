// The YAML of LiteLLM's proxy as a policy set: models, providers, routes, budgets, rates, who may
// use what. docs.litellm.ai/docs/proxy/configs
#pragma once

#include <string>
#include <string_view>

#include "importing/translation.h"

namespace aipol::importing {

// `file` is the name that items and comments bear. The error is of YAML that can not be read, or
// has no models. Keys and passwords that stand in the text are never repeated.
Result<Translation> import_litellm(std::string_view text, const std::string& file);

}  // namespace aipol::importing
