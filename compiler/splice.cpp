#include "compiler/splice.h"

#include <algorithm>
#include <set>

#include "compiler/check/check.h"
#include "compiler/parse/parse.h"
#include "compiler/resolve/resolve.h"
#include "compiler/standard_library.h"

namespace aipol::compiler {

using source::Change;
using source::FileId;

namespace {

bool declares_detector(const ast::Symbol& symbol) {
  return std::holds_alternative<ast::DetectorDeclaration>(symbol.declaration->node) ||
         std::holds_alternative<ast::ListDeclaration>(symbol.declaration->node);
}

bool planned(const Outlined& declaration) {
  return declaration.kind == Outlined::Kind::policy && !declaration.disabled;
}

auto count_planned(auto begin, auto end) {
  return static_cast<uint32_t>(std::count_if(begin, end, planned));
}

}  // namespace

bool Splice::parse(const source::Files& files) {
  if (!find(files)) return false;
  for (const FileEdit& edit : edits_)
    files_.add(before_[static_cast<size_t>(&edit - edits_.data())].path, edit.text());
  add_standard_library(files_);
  for (FileId file = 0; file < files_.size(); ++file) {
    trees_.push_back(parse::parse(files_, file, diagnostics_));
    if (!clean()) return false;
    if (file < edits_.size() && !edits_[file].take(trees_.back())) return false;
  }
  return true;
}

bool Splice::find(const source::Files& files) {
  // A classifier has a question for each text that policies ask it about.
  if (files.size() != before_.size() || !plan_.deployment.classifiers.empty()) return false;
  for (FileId file = 0; file < files.size(); ++file) {
    if (files[file].path() != before_[file].path) return false;
    std::optional<FileEdit> edit = FileEdit::find(before_[file], files[file].text());
    if (!edit) return false;
    edits_.push_back(std::move(*edit));
  }
  return true;
}

bool Splice::resolve() {
  symbols_ = resolve::resolve(files_, trees_, diagnostics_);
  return clean() && names_are_free() && detectors_keep_their_numbers();
}

// No fresh policy has the name of one that stays; a test may name those that go.
bool Splice::names_are_free() const {
  std::set<std::pair<std::string_view, std::string_view>> fresh;
  bool gone = false, tests = false;
  for (FileId file = 0; file < edits_.size(); ++file) {
    std::string_view package = before_[file].package;
    if (symbols_.files[file].package != (package.empty() ? "main" : package)) return false;
    for (const auto& policies : edits_[file].fresh())
      for (const Outlined& policy : policies) fresh.emplace(package, policy.name);
  }
  for (FileId file = 0; file < edits_.size(); ++file) {
    const std::vector<Outlined>& all = before_[file].declarations;
    auto is_fresh = [&](const Outlined& policy) {
      return fresh.contains({before_[file].package, policy.name});
    };
    auto change = edits_[file].changes().begin(), end = edits_[file].changes().end();
    for (size_t i = 0; i < all.size(); ++i) {
      while (change != end && change->first + change->count <= i) ++change;
      bool goes = change != end && i >= change->first;
      if (all[i].kind == Outlined::Kind::policy && !goes && is_fresh(all[i])) return false;
      gone = gone || (goes && !is_fresh(all[i]));
      tests = tests || all[i].kind == Outlined::Kind::checked;
    }
  }
  return !gone || !tests;
}

// Those of the standard library are numbered as policies first name them.
bool Splice::detectors_keep_their_numbers() const {
  for (FileId file = 0; file < edits_.size(); ++file) {
    if (edits_[file].changed() && names_detectors_of_std(edits_[file], file)) return false;
  }
  return true;
}

bool Splice::names_detectors_of_std(const FileEdit& edit, FileId file) const {
  auto has_detectors = [&](const std::string& package) {
    return std::ranges::any_of(symbols_.packages.at(package), [&](const auto& named) {
      return std::ranges::any_of(named.second, [&](const ast::Symbol& symbol) {
        return files_[symbol.file].builtin() && declares_detector(symbol);
      });
    });
  };
  for (const auto& [alias, package] : symbols_.files[file].packages) {
    if (!has_detectors(package)) continue;
    for (const Change& change : edit.changes()) {
      std::string_view fresh = files_[file].text().substr(change.begin, change.end - change.begin);
      if (fresh.contains(alias) || edit.old_text(change).contains(alias)) return true;
    }
  }
  return false;
}

bool Splice::check() {
  set_ = check::check(files_, trees_, symbols_, diagnostics_);
  size_t fresh = 0;
  for (const FileEdit& edit : edits_)
    for (const auto& policies : edit.fresh()) fresh += policies.size();
  return clean() && set_->policies.size() == fresh && !reads_tags();
}

// What they say of `ai.tags` depends on who adds tags.
bool Splice::reads_tags() const {
  bool adds = std::ranges::any_of(before_, [](const OutlinedFile& file) {
    return std::ranges::any_of(file.declarations, &Outlined::tags);
  });
  return adds &&
         std::ranges::find(set_->sources, "ai.tags", &ir::Source::path) != set_->sources.end();
}

void Splice::plan(plan::Plan& plan, const source::Files& files) {
  std::vector<planner::MovedLines> moved;
  for (FileId file = 0; file < edits_.size(); ++file) {
    planner::MovedLines lines = edits_[file].moved_lines(files[file].text());
    if (std::ranges::any_of(lines.moves, [](const auto& from) { return from.by != 0; }))
      moved.push_back(std::move(lines));
  }
  planner::exchange(plan, *set_, files, exchanges(), moved);
}

std::vector<planner::Exchange> Splice::exchanges() const {
  std::vector<planner::Exchange> out;
  uint32_t before = 0, fresh = 0;
  for (FileId file = 0; file < edits_.size(); ++file) {
    auto next = before_[file].declarations.begin();
    for (const Change& change : edits_[file].changes()) {
      auto first = before_[file].declarations.begin() + static_cast<ptrdiff_t>(change.first);
      auto last = first + static_cast<ptrdiff_t>(change.count);
      before += count_planned(next, first);
      auto number = static_cast<size_t>(&change - edits_[file].changes().data());
      auto many = static_cast<uint32_t>(edits_[file].fresh()[number].size());
      uint32_t gone = count_planned(first, last);
      out.push_back({before, gone, fresh, many});
      before += gone;
      fresh += many;
      next = last;
    }
    before += count_planned(next, before_[file].declarations.end());
  }
  return out;
}

Outline Splice::outline(const source::Files& files) const {
  Outline out;
  for (FileId file = 0; file < edits_.size(); ++file) {
    const OutlinedFile& was = before_[file];
    std::string text(files[file].text());
    uint32_t header = trees_[file].package.empty() ? 0 : trees_[file].package.back().span.end;
    out.push_back({was.path, std::move(text), was.package, header, edits_[file].declarations()});
  }
  return out;
}

}  // namespace aipol::compiler
