#include "tests/support/edited_policy.h"

#include <fmt/format.h>

#include "tests/support/random_policy.h"

namespace aipol::testing {

namespace {

// The policies of a random set, each from its annotations to the line of its brace, behind all that
// is no policy.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  bool within = false;
  for (size_t begin = 0, end; begin < text.size(); begin = end) {
    end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    std::string_view line = text.substr(begin, end - begin);
    if (!within && (line.starts_with("policy ") || line.starts_with("@"))) {
      parts.emplace_back();
      within = true;
    }
    (within ? parts.back() : parts.front()) += line;
    if (line == "}\n") within = false;
  }
  return parts;
}

}  // namespace

constexpr std::string_view std_detectors = "use std.pii\n";

EditedPolicies::EditedPolicies(Choices& choices) : choices_(choices) {
  policies_ = parts_of(random_policy(choices));
  declarations_ = std_detectors;
  declarations_ += policies_.front();
  policies_.erase(policies_.begin());
  while (policies_.size() < 6) policies_.push_back(fresh_policy());
  in_first_ = 1 + below(4);
}

std::vector<std::pair<std::string, std::string>> EditedPolicies::files() const {
  std::string first = "// The first file.\npackage main\n" + declarations_,
              second = std_detectors.data();
  for (size_t i = 0; i < policies_.size(); ++i) (i < in_first_ ? first : second) += policies_[i];
  return {{"first.aipol", std::move(first)}, {"second.aipol", std::move(second)}};
}

std::string EditedPolicies::fresh_policy() {
  std::string text = parts_of(random_policy(choices_)).back();
  size_t name = text.find("policy ") + 7;
  text.replace(name, text.find(' ', name) - name, fmt::format("q{}", names_++));
  return text;
}

void EditedPolicies::add() {
  policies_.insert(policies_.begin() + below(static_cast<uint32_t>(policies_.size()) + 1),
                   fresh_policy());
}

void EditedPolicies::remove() {
  if (policies_.size() > 2)
    policies_.erase(policies_.begin() + below(static_cast<uint32_t>(policies_.size())));
}

void EditedPolicies::replace() { any() = fresh_policy(); }

void EditedPolicies::reword() {
  std::string& text = any();
  constexpr std::pair<std::string_view, std::string_view> words[] = {{"allow", "deny 418 \"tea\""},
                                                                     {"deny", "deny 409"},
                                                                     {"\"a\"", "\"b\""},
                                                                     {"true", "false"},
                                                                     {" and ", " or "},
                                                                     {"\"busy\"", "\"x\""},
                                                                     {"request.", "principal."},
                                                                     {"get", "put"}};
  for (uint32_t tries = 0; tries < 8; ++tries) {
    auto [from, to] = words[below(std::size(words))];
    if (size_t at = text.find(from); at != std::string::npos) {
      text.replace(at, from.size(), to);
      return;
    }
  }
}

void EditedPolicies::add_statement() {
  constexpr std::string_view statements[] = {
      "  allow\n",
      "  deny 418 \"tea, please\" when request.host == \"tea\"\n",
      "  deny when -0.0 < principal.rate and principal.rate <= 0.0\n",
      "  limit 7 requests per 1m by principal.id\n",
      "  tag \"seen\" when request.tls\n",
      "  deny when \"seen\" in ai.tags\n",
      "  deny when pii.email.hit(ai.prompt)\n",
      "  redact request words\n",
      "  route to \"n\" when both(request.tls, principal.vip)\n",
      "  require team_of(principal) in warm else 402 loud(principal.name)\n",
      "  deny 429 f\"{spent.used} of {spent.remaining}\" when spent.ratio > 90%\n",
      "  log metadata redacted words to out\n",
  };
  std::string& text = any();
  if (size_t brace = text.rfind("}\n"); brace != std::string::npos)
    text.insert(brace, statements[below(std::size(statements))]);
}

void EditedPolicies::remove_statement() {
  std::string& text = any();
  size_t end = text.rfind("\n}");
  size_t begin = end == std::string::npos ? end : text.rfind('\n', end - 1);
  if (begin != std::string::npos && end > begin) text.erase(begin, end - begin);
}

void EditedPolicies::move() { std::swap(any(), any()); }

void EditedPolicies::annotate() {
  constexpr std::string_view annotations[] = {"@shadow ",       "@disabled\n",    "@enforce(50%)\n",
                                              "@id(\"same\") ", "@priority(3)\n", "@owner(\"a\") "};
  any().insert(0, annotations[below(std::size(annotations))]);
}

void EditedPolicies::document() {
  any().insert(0, fmt::format("/// What {} is for.\n", below(100)));
}

void EditedPolicies::comment() {
  constexpr std::string_view comments[] = {"// note\n", "/* note\n\n */ ",  "\n\n",
                                           "/* open ",  "/// dangling\n\n", "*/\n"};
  std::string& text = any();
  std::string_view comment = comments[below(std::size(comments))];
  if (below(2) == 0)
    text.insert(0, comment);
  else
    text += comment;
}

void EditedPolicies::comment_out() { any().insert(0, "/* ").append(" */\n"); }

void EditedPolicies::break_lines() {
  std::string& text = any();
  if (size_t brace = text.find("{\n"); brace != std::string::npos)
    text.insert(brace, below(2) == 0 ? "\n\n" : "// why\n");
}

// The next policy begins on the line on which this one ends.
void EditedPolicies::join_lines() {
  std::string& text = any();
  if (text.ends_with('\n')) text.back() = ' ';
}

void EditedPolicies::declare() {
  constexpr std::string_view more[] = {
      "const extra = 7\n", "group both_kinds = [words, numbers]\n",
      "test \"it\" { send { path: \"/any/a\" } expect deny by p0 }\n",
      "invariant odd { never allow when request.host == \"odd\" }\n"};
  declarations_ += more[below(std::size(more))];
}

void EditedPolicies::undo() { policies_ = before_; }

const EditedPolicies::Edit EditedPolicies::edits[] = {
    {"add", &EditedPolicies::add},
    {"add", &EditedPolicies::add},
    {"remove", &EditedPolicies::remove},
    {"replace", &EditedPolicies::replace},
    {"replace", &EditedPolicies::replace},
    {"reword", &EditedPolicies::reword},
    {"reword", &EditedPolicies::reword},
    {"add a statement", &EditedPolicies::add_statement},
    {"add a statement", &EditedPolicies::add_statement},
    {"remove a statement", &EditedPolicies::remove_statement},
    {"move", &EditedPolicies::move},
    {"annotate", &EditedPolicies::annotate},
    {"document", &EditedPolicies::document},
    {"comment", &EditedPolicies::comment},
    {"comment out", &EditedPolicies::comment_out},
    {"break lines", &EditedPolicies::break_lines},
    {"join lines", &EditedPolicies::join_lines},
    {"declare", &EditedPolicies::declare},
};

void EditedPolicies::edit() {
  last_.clear();
  std::vector<std::string> before = policies_;
  if (!before_.empty() && choices_.one_in(4)) {
    undo();
    last_ = "undo";
  }
  for (uint32_t times = 1 + (choices_.one_in(4) ? 2 : 0); times > 0 && last_ != "undo"; --times) {
    const Edit& one = edits[below(std::size(edits))];
    last_ += fmt::format("{}{}", last_.empty() ? "" : ", ", one.name);
    (this->*one.make)();
  }
  before_ = std::move(before);
}

}  // namespace aipol::testing
