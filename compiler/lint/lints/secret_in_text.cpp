// A text that has the form of a key: it stands in Git, and in every copy of the repository.
#include <algorithm>
#include <cctype>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

struct Form {
  std::string_view begin;
  size_t least;  // letters, digits, `-` and `_` behind it
  std::string_view what;
};
constexpr Form forms[] = {
    {"sk-", 20, "an API key"},
    {"AKIA", 16, "an AWS access key"},
    {"ASIA", 16, "an AWS access key"},
    {"ghp_", 36, "a GitHub token"},
    {"gho_", 36, "a GitHub token"},
    {"ghs_", 36, "a GitHub token"},
    {"github_pat_", 36, "a GitHub token"},
    {"glpat-", 20, "a GitLab token"},
    {"xoxb-", 20, "a Slack token"},
    {"xoxp-", 20, "a Slack token"},
    {"AIza", 35, "a Google API key"},
    {"sk_live_", 16, "a Stripe key"},
    {"eyJ", 30, "a JSON web token"},
    {"-----BEGIN ", 4, "a private key"},
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

// What it looks like, or nothing.
std::string_view secret_in(std::string_view text) {
  for (const Form& form : forms) {
    for (size_t at = text.find(form.begin); at != text.npos; at = text.find(form.begin, at + 1)) {
      if (at > 0 && is_word(text[at - 1])) continue;
      std::string_view behind = text.substr(at + form.begin.size());
      auto length = std::ranges::find_if_not(behind, is_word) - behind.begin();
      bool token = form.begin == "eyJ" && behind.find('.') == behind.npos;
      if (static_cast<size_t>(length) < form.least || token) continue;
      if (form.begin.starts_with('-') && behind.find("PRIVATE KEY") == behind.npos) continue;
      return form.what;
    }
  }
  return {};
}

void look_at(Context& context, Span span, std::string_view text) {
  std::string_view what = secret_in(text);
  if (what.empty()) return;
  context.report(span, "this text looks like {}", what)
      .help("keep it out of the repository: `env(\"NAME\")` or `file(\"PATH\")`, and revoke it");
}

}  // namespace

void secret_in_text(Context& context) {
  each_node<ast::StringLiteral>(context, [&](const auto& expression, const auto& node) {
    look_at(context, expression.span, node.value);
  });
  each_node<ast::FormatString>(context, [&](const auto& expression, const auto& node) {
    for (const std::string& text : node.texts) look_at(context, expression.span, text);
  });
  for (const ast::Tree* tree : context.own_trees()) {
    for (const ast::Comment& comment : tree->comments)
      look_at(context, comment.span, context.text(comment.span));
  }
}

}  // namespace aipol::lint
