// Foreign texts as words of the language.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::importing {

// A literal of the text, with its quotes.
std::string literal(std::string_view text);
// `["a", "b"]`
std::string literal_list(const std::vector<std::string>& texts);
// The text on one line, for a comment.
std::string commented(std::string_view text);
// Nano-dollars as a literal: "$2.50".
std::string dollars(int64_t nano_dollars);

// A whole number: "200k", "1M", "512".
std::string number(int64_t value);

// Names for declarations, each given once.
class Names {
 public:
  // The text as a name; another one where it is taken or reserved.
  std::string take(std::string_view text);

 private:
  std::set<std::string> taken_;
};

// Whether the text can stand as a name as it is.
bool is_name(std::string_view text);

}  // namespace aipol::importing
