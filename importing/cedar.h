// Cedar policies as a policy set, as far as they mean something for AI traffic (docs/import.md).
// Never permits more than the original: what is not understood is left out of a `permit`, and taken
// to hold in a `forbid`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "importing/translation.h"

namespace aipol::importing {

struct CedarText {
  std::string file;  // the name that items and comments bear
  std::string text;
};

struct CedarInput {
  std::vector<CedarText> policies;
  std::string schema;    // Cedar's JSON schema; empty: none
  std::string entities;  // Cedar's JSON entities; empty: none
  // What names mean, beside those that are known: "Action::invoke" -> "chat,completion";
  // "Crew" -> "group". Values: operations, none; user, app, group, role, tenant, model, tool,
  // server.
  std::map<std::string, std::string> meanings;
};

Result<Translation> import_cedar(const CedarInput& input);

}  // namespace aipol::importing
