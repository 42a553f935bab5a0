// What is said of a caller, as claims, becomes the principal that policies read.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plan/deployment.h"
#include "runtime/context/call.h"

namespace aipol::identity {

// The value at a path with dots between its names. A name that itself holds dots
// ("https://acme.example/team") is found too, and first. Null where there is none.
const nlohmann::json* find_claim(const nlohmann::json& claims, std::string_view path);

// Fills the mapped fields and attributes. A claim that is missing or of the wrong type leaves what
// is there:
//   texts             a text or an integer, the first one of a list
//   roles, groups     a list of texts and numbers, or one text
//   scopes            that, or one text with spaces between
//   mfa               a bool, or whether a list has a member
//   kind              "user" or "app"
//   expires           seconds since the epoch, or RFC 3339
// Attributes take any of these; the plan gives them their types.
void map_claims(const nlohmann::json& claims, const std::vector<plan::Identity::Mapping>& mapping,
                context::Principal& principal);

}  // namespace aipol::identity
