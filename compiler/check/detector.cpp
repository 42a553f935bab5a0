// Detectors, groups of them, and what is asked of them.
#include <algorithm>

#include "compiler/check/expressions.h"
#include "stdlib/native/match_length.h"
#include "stdlib/native/phrases.h"
#include "stdlib/native/regex.h"

namespace aipol::check {

using ir::ExpressionPtr;

namespace {

class DetectorCheck {
 public:
  DetectorCheck(Checker& checker, FileId file, plan::Detector& out)
      : checker_(checker), scope_{file, nullptr, {}, false}, out_(out) {}

  bool run(const ast::DetectorDeclaration& detector) {
    bool good = true;
    for (const auto& entry : detector.entries) good = this->entry(entry) && good;
    if (good && out_.patterns.empty() && out_.phrases.empty()) {
      checker_.report(detector.name.span, diagnostics::missing_setting,
                      "the detector `" + std::string(detector.name.text) + "`", "match");
      return false;
    }
    return good;
  }

 private:
  bool entry(const ast::DetectorDeclaration::Entry& entry) {
    std::string_view key = entry.key.text;
    if (key == "match") return pattern(*entry.value);
    if (key == "phrases") return phrases(*entry.value);
    if (key == "verify") return verify(*entry.value);
    if (key == "weight") return weight(*entry.value);
    checker_.report(entry.key.span, diagnostics::unknown_setting, key, "a detector")
        .suggest(key, {"match", "phrases", "verify", "weight"});
    return false;
  }

  const plan::Constant* constant(const ast::Expression& value, TypePtr type) {
    return Expressions(checker_, scope_).constant(&value, type, "an entry of a detector");
  }

  bool pattern(const ast::Expression& value) {
    const plan::Constant* text = constant(value, checker_.simple(Kind::string));
    if (text == nullptr) return false;
    const std::string& regex = std::get<std::string>(*text);
    // Those of the standard library are known to be well: its tests compile them.
    auto compiled = checker_.files[value.span.file].builtin() ? native::Regex::compile("")
                                                              : native::Regex::compile(regex);
    if (!compiled) {
      checker_.report(value.span, diagnostics::bad_text, regex, "regular expression")
          .underline("{}", compiled.error().message);
      return false;
    }
    constexpr uint64_t longest = 1 << 20;  // what is longer could as well have no bound
    std::optional<uint64_t> length = native::longest_match(regex);
    if (!length || *length > longest) unbounded_ = true;
    out_.longest =
        unbounded_ ? 0 : std::max({out_.longest, static_cast<uint32_t>(*length), uint32_t{1}});
    out_.patterns.push_back(regex);
    return true;
  }

  bool phrases(const ast::Expression& value) {
    Macro behind = Expressions(checker_, scope_).literal_behind(&value);
    const auto* list = std::get_if<ast::List>(&behind.expression->node);
    if (list == nullptr) {
      checker_.report(value.span, diagnostics::type_mismatch, "list<string>",
                      Expressions(checker_, scope_).type_name(&value));
      return false;
    }
    bool good = true;
    for (ast::ExpressionPtr item : list->items) {
      const plan::Constant* text = Expressions(checker_, *behind.scope)
                                       .constant(item, checker_.simple(Kind::string), "a phrase");
      good = good && text != nullptr;
      if (text == nullptr) continue;
      if (!native::Phrases::findable(std::get<std::string>(*text))) {
        checker_.report(item->span, diagnostics::bad_text, std::get<std::string>(*text), "phrase");
        good = false;
      }
      out_.phrases.push_back(std::get<std::string>(*text));
    }
    return good;
  }

  bool verify(const ast::Expression& value) {
    const auto* name = std::get_if<ast::Name>(&value.node);
    auto found = name == nullptr ? std::end(plan::verify_names)
                                 : std::ranges::find(plan::verify_names, name->text);
    if (found == std::end(plan::verify_names)) {
      checker_.report(value.span, diagnostics::unknown_name, checker_.text(value.span))
          .suggest(checker_.text(value.span),
                   {std::begin(plan::verify_names) + 1, std::end(plan::verify_names)});
      return false;
    }
    out_.verify = static_cast<plan::Verify>(found - std::begin(plan::verify_names));
    return true;
  }

  bool weight(const ast::Expression& value) {
    const plan::Constant* number = constant(value, checker_.simple(Kind::real));
    if (number == nullptr) return false;
    out_.weight = std::get<double>(*number);
    if (out_.weight >= 0 && out_.weight <= 1) return true;
    checker_.report(value.span, diagnostics::bad_setting, checker_.text(value.span),
                    "is not a weight between 0 and 1");
    return false;
  }

  Checker& checker_;
  Scope scope_;
  plan::Detector& out_;
  bool unbounded_ = false;
};

std::string last_segment(const std::string& package) {
  return package == "main" ? "" : package.substr(package.rfind('.') + 1) + ".";
}

}  // namespace

namespace {

std::optional<std::vector<int64_t>> detector_of(Checker& checker, FileId file,
                                                const ast::DetectorDeclaration& declared) {
  plan::Detector out;
  out.name = last_segment(checker.symbols.files[file].package) + std::string(declared.name.text);
  if (!DetectorCheck(checker, file, out).run(declared)) return std::nullopt;
  checker.set.detectors.push_back(std::move(out));
  checker.detector_spans.push_back(declared.name.span);
  return std::vector{static_cast<int64_t>(checker.set.detectors.size() - 1)};
}

std::optional<std::vector<int64_t>> group_of(Checker& checker, FileId file,
                                             const ast::ListDeclaration& declared) {
  Scope scope{file, nullptr, {}, false};
  std::vector<int64_t> all;
  bool good = true;
  for (ast::ExpressionPtr member : declared.members.items) {
    std::optional<std::vector<int64_t>> some = Expressions(checker, scope).detectors(member);
    good = good && some;
    if (some) all.insert(all.end(), some->begin(), some->end());
  }
  std::ranges::sort(all);
  auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
  return good ? std::optional(std::move(all)) : std::nullopt;
}

}  // namespace

std::optional<uint32_t> Checker::detector(const ast::Declaration& declaration, FileId file) {
  if (auto known = detectors.find(&declaration); known != detectors.end()) return known->second;
  const auto* one = std::get_if<ast::DetectorDeclaration>(&declaration.node);
  const auto* list = std::get_if<ast::ListDeclaration>(&declaration.node);
  if (one == nullptr && (list == nullptr || list->keyword.text != "group")) return std::nullopt;
  if (wrong_detectors.contains(&declaration)) return std::nullopt;
  if (!in_progress.insert(&declaration).second) {
    report(list->name.span, diagnostics::recursive_definition, list->name.text);
    return std::nullopt;
  }
  auto numbers = one != nullptr ? detector_of(*this, file, *one) : group_of(*this, file, *list);
  in_progress.erase(&declaration);
  if (!numbers) {
    wrong_detectors.insert(&declaration);
    return std::nullopt;
  }
  detector_lists.push_back(std::move(*numbers));
  return detectors[&declaration] = static_cast<uint32_t>(detector_lists.size() - 1);
}

void check_detectors(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    if (checker.files[tree.file].builtin()) continue;
    for (const ast::Declaration& declaration : tree.declarations)
      checker.detector(declaration, tree.file);
  }
}

const ast::Symbol* Expressions::symbol(ast::ExpressionPtr expression) const {
  const std::vector<ast::Symbol>* found = nullptr;
  if (const auto* name = std::get_if<ast::Name>(&expression->node)) {
    if (scope_.find(name->text) != nullptr) return nullptr;
    found = checker_.symbols.visible(scope_.file, name->text);
    if (found == nullptr) {
      const std::string* package = qualifier(expression);
      if (package != nullptr) found = checker_.symbols.in_package(*package, "all");
    }
  } else if (const auto* field = std::get_if<ast::Field>(&expression->node)) {
    const std::string* package = qualifier(field->object);
    if (package != nullptr) found = checker_.symbols.in_package(*package, field->name.text);
  }
  return found == nullptr ? nullptr : &found->front();
}

std::optional<std::vector<int64_t>> Expressions::detectors(ast::ExpressionPtr expression) {
  if (const auto* list = std::get_if<ast::List>(&expression->node)) {
    std::vector<int64_t> all;
    for (ast::ExpressionPtr item : list->items) {
      std::optional<std::vector<int64_t>> some = detectors(item);
      if (!some) return std::nullopt;
      all.insert(all.end(), some->begin(), some->end());
    }
    std::ranges::sort(all);
    auto repeated = std::ranges::unique(all);
    all.erase(repeated.begin(), repeated.end());
    return all;
  }
  const ast::Symbol* found = symbol(expression);
  if (found != nullptr) {
    if (auto list = checker_.detector(*found->declaration, found->file))
      return checker_.detector_lists[*list];
    const auto* group = std::get_if<ast::ListDeclaration>(&found->declaration->node);
    if (std::holds_alternative<ast::DetectorDeclaration>(found->declaration->node) ||
        (group != nullptr && group->keyword.text == "group"))
      return std::nullopt;  // reported at its declaration
  }
  std::vector<std::string> known;
  for (const plan::Detector& detector : checker_.set.detectors) known.push_back(detector.name);
  checker_.report(expression->span, diagnostics::not_a_detector, checker_.text(expression->span))
      .suggest(checker_.text(expression->span), known);
  return std::nullopt;
}

Typed Expressions::detector_call(const Typed& detector, const ast::Identifier& name,
                                 const ast::Call& call, Span span) {
  struct Method {
    std::string_view name, symbol;
    Kind result;
  };
  constexpr Method methods[] = {{"hit", "detect.hit", Kind::boolean},
                                {"count", "detect.count", Kind::integer},
                                {"score", "detect.score", Kind::real}};
  auto method = std::ranges::find(methods, name.text, &Method::name);
  if (method == std::end(methods)) {
    checker_.report(name.span, diagnostics::unknown_method, "a detector", name.text)
        .suggest(name.text, {"hit", "count", "score"});
    return poison();
  }
  if (call.arguments.size() != 1) {
    checker_.report(span, diagnostics::argument_count, name.text, size_t{1}, call.arguments.size());
    return poison();
  }
  ExpressionPtr text = plain(call.arguments[0], checker_.simple(Kind::string));
  if (text == nullptr) return poison();
  const std::vector<int64_t>& numbers = checker_.detector_lists[detector.type->definition];
  types::Field handle;
  handle.type = checker_.simple(Kind::handle);
  uint32_t source = checker_.source("detectors", "", handle);
  TypePtr list = checker_.set.types.of(Kind::set, checker_.simple(Kind::integer));
  return of(checker_.build.call(checker_.simple(method->result), std::string(method->symbol),
                                {checker_.build.source(handle.type, source, span), text,
                                 checker_.build.constant(list, numbers, span)},
                                span));
}

}  // namespace aipol::check
