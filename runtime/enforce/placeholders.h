// Stand-ins for what was redacted from a request, put back in its answer: `<EMAIL_1>`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aipol::enforce {

class Placeholders {
 public:
  // The stand-in of a text that a detector ("pii.email") found; the same for the same text.
  const std::string& stand_in(std::string_view detector, std::string_view text);
  // The request is done: stand-ins that are made from now on, for its answer, are not put back.
  void seal() { sealed_ = true; }
  // With every stand-in replaced by what it stands for.
  std::string restore(std::string_view text) const;
  bool empty() const { return originals_.empty(); }
  size_t longest() const { return longest_; }

 private:
  std::map<std::string, std::string, std::less<>> stand_ins_;  // by original
  std::map<std::string, std::string, std::less<>> originals_;  // by stand-in
  std::map<std::string, size_t, std::less<>> counts_;          // by kind
  size_t longest_ = 0;
  bool sealed_ = false;
};

}  // namespace aipol::enforce
