// Changes to a JSON body, as policies make them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/value.h"

namespace aipol::context {

struct BodyEdit {
  std::string path;                     // "temperature", "metadata.team"
  std::optional<plan::Constant> value;  // nothing: the member is removed
};

// Of a body that holds a chat: what became of its fields, messages and tools. Texts are redacted
// where they stand.
struct BodyEdits {
  std::vector<BodyEdit> fields;           // in the order in which they are made
  std::vector<std::string> prepended;     // system messages, each put before all others
  std::vector<std::string> hidden_tools;  // names

  bool empty() const { return fields.empty() && prepended.empty() && hidden_tools.empty(); }
};

}  // namespace aipol::context
