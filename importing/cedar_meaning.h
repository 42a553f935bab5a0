// What Cedar's entity types, actions and context mean for AI traffic: the one map, and what the
// user adds to it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importing/cedar_store.h"

namespace aipol::importing::cedar {

enum class Role : uint8_t {
  unknown,
  user,
  app,
  group,
  role,
  tenant,
  model,
  models,
  tool,
  server,
  endpoint,
  action
};

class Meanings {
 public:
  // NAME=MEANING as the command line has them; the error names one that means nothing.
  static Result<Meanings> of(const std::map<std::string, std::string>& given);

  Role of_type(std::string_view type) const;
  // The operations of an action; empty: it never happens in AI traffic; nothing: not known.
  std::optional<std::vector<std::string>> of_action(std::string_view id) const;

 private:
  std::map<std::string, Role, std::less<>> types_;
  std::map<std::string, std::vector<std::string>, std::less<>> actions_;
};

// A field of `context`: an expression, its type, and what has to hold for it to be there.
struct ContextField {
  std::string_view expression;
  Type type;
  std::string_view presence;  // empty: always there
};
const ContextField* context_field(std::string_view name);

}  // namespace aipol::importing::cedar
