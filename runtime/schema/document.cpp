#include "runtime/schema/document.h"

#include <set>
#include <string>
#include <vector>

#include "runtime/schema/schema.h"

namespace aipol::schema {

namespace {

// Told of what the parser meets; its first false ends the reading.
class Strictness {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& value) {
    using Event = Json::parse_event_t;
    if (static_cast<size_t>(depth) > deepest) strict_ = false;
    if (event == Event::object_start) members_.emplace_back();
    if (event == Event::object_end) members_.pop_back();
    if (event == Event::key)
      strict_ = members_.back().insert(value.get<std::string>()).second && strict_;
    return strict_;
  }
  bool strict() const { return strict_; }

 private:
  std::vector<std::set<std::string>> members_;  // of the objects that are open
  bool strict_ = true;
};

}  // namespace

std::optional<Json> read_document(std::string_view text) {
  Strictness strictness;
  auto told = [&](int depth, Json::parse_event_t event, Json& value) {
    return strictness(depth, event, value);
  };
  Json document = Json::parse(text, told, false);
  if (document.is_discarded() || !strictness.strict()) return std::nullopt;
  return document;
}

}  // namespace aipol::schema
