#include "compiler/prove/samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "stdlib/native/regex.h"
#include "stdlib/native/regex_syntax.h"

namespace aipol::prove {

using native::RegexNode;

namespace {

constexpr size_t ways = 6;             // samples of a pattern
constexpr uint64_t longest = 200;      // of one repeat
constexpr size_t longest_text = 4000;  // bytes

// One text of a pattern; another `way` takes other alternatives and characters.
class Sample {
 public:
  explicit Sample(size_t way) : way_(way) {}

  std::optional<std::string> of(const RegexNode& node) {
    add(node);
    return failed_ ? std::nullopt : std::optional(std::move(out_));
  }

 private:
  void add(const RegexNode& node) {
    using Kind = RegexNode::Kind;
    if (failed_ || out_.size() > longest_text) {
      failed_ = true;
    } else if (node.kind == Kind::character) {
      character(node);
    } else if (node.kind == Kind::sequence) {
      for (const RegexNode& part : node.parts) add(part);
    } else if (node.kind == Kind::choice) {
      add(node.parts[(way_ + made_++) % node.parts.size()]);
    } else if (node.kind == Kind::repeat) {
      uint64_t count = node.least + (way_ % 2 == 1 && node.most > node.least ? 1 : 0);
      failed_ = failed_ || count > longest;
      for (uint64_t i = 0; i < count && !failed_; ++i) add(node.parts[0]);
    }
  }

  void character(const RegexNode& node) {
    constexpr std::string_view plain = "a1Z02-_ .,@:/b3c4d5e6f7g8h9";
    std::string one = node.flags.empty() ? node.text : fmt::format("(?{}:{})", node.flags, node.text);
    auto pattern = native::Regex::compile(fmt::format("^(?:{})$", one));
    if (!pattern) {
      failed_ = true;
      return;
    }
    // Digits that are all the same are no numbers that anybody gives out.
    for (size_t i = 0; i < plain.size(); ++i) {
      char c = plain[(i + way_ * made_) % plain.size()];
      if (pattern->found_in({&c, 1})) return push(c);
    }
    for (int byte = 0x21; byte < 0x7F; ++byte) {
      char c = static_cast<char>(byte);
      if (pattern->found_in({&c, 1})) return push(c);
    }
    // A character of many bytes stands for itself, or nothing here does.
    if (node.text.size() > 1 && pattern->found_in(node.text))
      out_ += node.text;
    else
      failed_ = true;
  }

  void push(char c) {
    out_ += c;
    ++made_;
  }

  size_t way_;
  size_t made_ = 0;
  std::string out_;
  bool failed_ = false;
};

// Numbers that pass, for what no sample meets by chance.
std::vector<std::string> verified(plan::Verify verify) {
  switch (verify) {
    case plan::Verify::luhn:
      return {"4111111111111111", "378282246310005"};
    case plan::Verify::iban:
    case plan::Verify::mod97:
      return {"GB82WEST12345698765432", "DE89370400440532013000"};
    case plan::Verify::ssn:
      return {"536-22-1234"};
    default:
      return {};
  }
}

}  // namespace

std::vector<std::string> samples_of(std::string_view pattern) {
  std::vector<std::string> out;
  auto whole = native::read_regex(pattern);
  auto regex = native::Regex::compile(pattern);
  if (!whole || !regex) return out;
  for (size_t way = 0; way < ways; ++way) {
    auto text = Sample(way).of(*whole);
    bool found = text && regex->found_in(*text);
    if (found && std::ranges::find(out, *text) == out.end()) out.push_back(std::move(*text));
  }
  return out;
}

std::vector<std::string> samples_of(const plan::Detector& detector) {
  constexpr size_t most_phrases = 3;
  std::vector<std::string> out(
      detector.phrases.begin(),
      detector.phrases.begin() +
          static_cast<ptrdiff_t>(std::min(detector.phrases.size(), most_phrases)));
  std::ranges::copy(verified(detector.verify), std::back_inserter(out));
  for (const std::string& pattern : detector.patterns)
    std::ranges::copy(samples_of(pattern), std::back_inserter(out));
  return out;
}

}  // namespace aipol::prove
