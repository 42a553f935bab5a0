// JSON from outside, read so that nobody can read it otherwise: a member that is there twice and
// nesting without end are refused.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aipol::identity {

// nlohmann keeps one of two members of the same name in silence. What is wrong leaves the parser as
// an exception and ends in parse_strict_json.
template <class Json>
class MemberCheck {
 public:
  struct Wrong {
    std::string message;
  };

  explicit MemberCheck(int deepest) : deepest_(deepest) {}

  bool operator()(int depth, typename Json::parse_event_t event, Json& value) {
    using Event = typename Json::parse_event_t;
    if (depth > deepest_) throw Wrong{"nested too deeply"};
    if (event == Event::object_start) open_.emplace_back();
    if (event == Event::object_end) open_.pop_back();
    if (event == Event::key && !open_.back().insert(value.template get<std::string>()).second)
      throw Wrong{fmt::format("the member {} is there twice", value.dump())};
    return true;
  }

 private:
  int deepest_;
  std::vector<std::set<std::string>> open_;
};

// Json is nlohmann::json, or nlohmann::ordered_json, whose members keep their order but take a time
// that grows with the square of their number: not for what strangers send.
template <class Json>
Result<Json> parse_strict_json(std::string_view text, int deepest) {
  try {
    return Json::parse(text.begin(), text.end(), MemberCheck<Json>(deepest));
  } catch (const typename MemberCheck<Json>::Wrong& wrong) {
    return failure(wrong.message);
  } catch (const typename Json::exception& error) {
    const std::string_view what =
        error.what();  // "[json.exception.parse_error.101] parse error at line 1, …"
    const size_t bracket = what.find("] ");
    return failure(std::string(bracket == what.npos ? what : what.substr(bracket + 2)));
  }
}

}  // namespace aipol::identity
