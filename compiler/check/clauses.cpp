#include "compiler/check/clauses.h"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

namespace aipol::check {

namespace {

// A syntax as a tree.
struct Form {
  enum class Kind : uint8_t { sequence, choice, optional, word, slot } kind = Kind::sequence;
  std::string_view text;  // of a word; of a slot its name
  bool integer = false;   // `$name:int`
  bool several = false;   // `$name...`
  std::vector<Form> parts;
};

class FormReader {
 public:
  explicit FormReader(std::string_view text) : text_(text) {}

  Form sequence() {
    Form form;
    for (skip(); at_ < text_.size() && text_[at_] != ')' && text_[at_] != ']' && text_[at_] != '|';
         skip())
      form.parts.push_back(one());
    return form;
  }

 private:
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  Form one() {
    if (text_[at_] == '[') return bracket(Form::Kind::optional);
    if (text_[at_] == '(') return bracket(Form::Kind::choice);
    size_t end = std::min(text_.find_first_of(" ()[]|", at_), text_.size());
    std::string_view word = text_.substr(at_, end - at_);
    at_ = end;
    Form form{Form::Kind::word, word, false, false, {}};
    if (!word.starts_with('$')) return form;
    form.kind = Form::Kind::slot;
    form.several = word.ends_with("...");
    form.integer = word.ends_with(":int");
    form.text = word.substr(1, word.find_first_of(".:") - 1);
    return form;
  }

  Form bracket(Form::Kind kind) {
    Form form{kind, {}, false, false, {}};
    do {
      ++at_;  // the bracket, or `|`
      form.parts.push_back(sequence());
    } while (text_[at_] == '|');
    ++at_;
    return form;
  }

  std::string_view text_;
  size_t at_ = 0;
};

const Form& form_of(std::string_view syntax) {
  thread_local std::map<std::string_view, Form> known;
  auto [form, fresh] = known.try_emplace(syntax);
  if (fresh) form->second = FormReader(syntax).sequence();
  return form->second;
}

std::string in_capitals(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

// The syntax as help shows it: `limit METER to AMOUNT`.
std::string shown(std::string_view syntax) {
  std::string out;
  for (size_t at = 0; at < syntax.size();) {
    if (syntax[at] != '$') {
      out += syntax[at++];
      continue;
    }
    size_t end = std::min(syntax.find_first_of(" ()[]|", at), syntax.size());
    std::string_view slot = syntax.substr(at + 1, end - at - 1);
    out += in_capitals(slot.substr(0, slot.find_first_of(".:")));
    if (slot.ends_with("...")) out += ", …";
    at = end;
  }
  return out;
}

}  // namespace

// The first way in which the parts fit is taken; no syntax needs more.
class ClauseMatch {
 public:
  ClauseMatch(Checker& checker, const std::vector<ast::Part>& parts)
      : checker_(checker), parts_(parts) {}

  bool run(const Form& form) {
    if (!matches(form)) return false;
    if (at_ == parts_.size()) return true;
    expect("the end of the statement");
    return false;
  }

  Slots slots;

  size_t furthest() const { return furthest_; }
  std::string expected() const {
    std::string out;
    for (size_t i = 0; i < expected_.size(); ++i)
      out += (i == 0 ? "" : i + 1 == expected_.size() ? " or " : ", ") + expected_[i];
    return out;
  }

 private:
  bool matches(const Form& form) {
    switch (form.kind) {
      case Form::Kind::sequence:
        return sequence(form);
      case Form::Kind::choice:
        return std::ranges::any_of(form.parts, [this](const Form& part) { return attempt(part); });
      case Form::Kind::optional:
        attempt(form.parts[0]);
        return true;
      case Form::Kind::word:
        return word(form);
      case Form::Kind::slot:
        return slot(form);
    }
    return false;
  }

  bool sequence(const Form& form) {
    for (size_t i = 0; i < form.parts.size();) {
      if (form.parts[i].kind != Form::Kind::optional) {
        if (!matches(form.parts[i++])) return false;
        continue;
      }
      size_t end = i;
      while (end < form.parts.size() && form.parts[end].kind == Form::Kind::optional) ++end;
      options(form, i, end);
      i = end;
    }
    return true;
  }

  // Each at most once, in any order.
  void options(const Form& form, size_t begin, size_t end) {
    std::vector<bool> taken(end - begin);
    for (bool more = true; more;) {
      more = false;
      for (size_t i = begin; i < end; ++i) {
        size_t before = at_;
        if (taken[i - begin] || !attempt(form.parts[i].parts[0]) || at_ == before) continue;
        taken[i - begin] = more = true;
      }
    }
  }

  bool attempt(const Form& form) {
    size_t at = at_;
    Slots before = slots;
    if (matches(form)) return true;
    at_ = at;
    slots = std::move(before);
    return false;
  }

  bool word(const Form& form) {
    expect(fmt::format("`{}`", form.text));
    if (at_ == parts_.size()) return false;
    const ast::Part& part = parts_[at_];
    std::string_view text = part.word.text;
    if (!part.is_word() && part.values.size() == 1) {
      if (const auto* name = std::get_if<ast::Name>(&part.values[0]->node)) text = name->text;
    }
    if (text != form.text) return false;
    slots.found_.try_emplace(form.text);
    ++at_;
    return true;
  }

  bool slot(const Form& form) {
    expect(form.integer ? "a number" : fmt::format("the {}", form.text));
    if (at_ == parts_.size()) return false;
    const ast::Part& part = parts_[at_];
    std::vector<ast::ExpressionPtr> values = part.values;
    // A word of the syntax where a value has to stand is a name.
    if (part.is_word()) {
      if (part.word.text == "=") return false;
      values.push_back(
          checker_.set.arena.make<ast::Expression>(ast::Name{part.word.text}, part.span));
    }
    if (!form.several && values.size() > 1) {
      expect("one value");
      return false;
    }
    if (form.integer && !std::holds_alternative<ast::IntLiteral>(values[0]->node)) return false;
    slots.found_[form.text] = std::move(values);
    ++at_;
    return true;
  }

  void expect(std::string what) {
    if (at_ < furthest_) return;
    if (at_ > furthest_) expected_.clear();
    furthest_ = at_;
    if (std::ranges::find(expected_, what) == expected_.end()) expected_.push_back(std::move(what));
  }

  Checker& checker_;
  const std::vector<ast::Part>& parts_;
  size_t at_ = 0;
  size_t furthest_ = 0;
  std::vector<std::string> expected_;
};

std::optional<Slots> match_clauses(Checker& checker, std::string_view what, Span place,
                                   std::string_view syntax, const std::vector<ast::Part>& parts) {
  ClauseMatch match(checker, parts);
  if (match.run(form_of(syntax))) return std::move(match.slots);
  bool at_end = match.furthest() == parts.size();
  Span where = at_end ? (parts.empty() ? place : parts.back().span) : parts[match.furthest()].span;
  std::string found =
      at_end ? "the end of the statement" : fmt::format("`{}`", checker.text(where));
  diagnostics::Diagnostic& report =
      checker.report(where, diagnostics::syntax_error, match.expected(), found);
  if (!at_end && parts[match.furthest()].word.text == "on") {
    report.help("put `on` and `when` before the policy's first statement");
  } else {
    report.help("it is written `{}{}{}`", what, syntax.empty() ? "" : " ", shown(syntax));
  }
  return std::nullopt;
}

}  // namespace aipol::check
