#include "compiler/edit.h"

#include <algorithm>

namespace aipol::compiler {

using source::Change;

namespace {

uint32_t moved(uint32_t place, int64_t by) { return static_cast<uint32_t>(place + by); }

int64_t lines_in(std::string_view text) { return std::ranges::count(text, '\n'); }

void blank(std::string& text, uint32_t begin, uint32_t end) {
  std::replace_if(text.begin() + begin, text.begin() + end, [](char c) { return c != '\n'; }, ' ');
}

// The last line on which something stands, from there on.
std::string_view last_line(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  text = text.substr(0, text.find_last_not_of(space) + 1);
  text = text.substr(text.rfind('\n') + 1);
  return text.substr(std::min(text.find_first_not_of(space), text.size()));
}

}  // namespace

std::optional<FileEdit> FileEdit::find(const OutlinedFile& before, std::string_view after) {
  FileEdit edit(before, after);
  for (const Change& change : edit.changes_) {
    for (size_t i = change.first; i < change.first + change.count; ++i) {
      if (!before.declarations[i].local) return std::nullopt;
    }
  }
  if (!edit.blank_out()) return std::nullopt;
  return edit;
}

FileEdit::FileEdit(const OutlinedFile& before, std::string_view after)
    : before_(&before), text_(after) {
  std::vector<uint32_t> ends;
  ends.reserve(before.declarations.size());
  for (const Outlined& declaration : before.declarations) ends.push_back(declaration.end);
  changes_ = source::changes(before.text, ends, after);
  take_in_what_is_annotated(after);
  fresh_.resize(changes_.size());
}

// An annotation or a doc comment that was put before a declaration makes it another.
void FileEdit::take_in_what_is_annotated(std::string_view after) {
  std::vector<Change> all;
  for (const Change& change : changes_) {
    bool follows = !all.empty() && all.back().first + all.back().count == change.first;
    if (follows) {
      all.back().count += change.count;
      all.back().end = change.end;
    } else {
      all.push_back(change);
    }
    Change& last = all.back();
    size_t next = last.first + last.count;
    if (next == before_->declarations.size()) continue;
    std::string_view line = last_line(after.substr(last.begin, last.end - last.begin));
    if (!line.starts_with("///") && !line.starts_with('@')) continue;
    ++last.count;
    last.end += old_begin(next + 1) - old_begin(next);
  }
  changes_ = std::move(all);
}

uint32_t FileEdit::old_begin(size_t declaration) const {
  return declaration == 0 ? 0 : before_->declarations[declaration - 1].end;
}

std::string_view FileEdit::old_text(const Change& change) const {
  uint32_t begin = old_begin(change.first), end = old_begin(change.first + change.count);
  return std::string_view(before_->text).substr(begin, end - begin);
}

template <class OnChange, class OnSame>
void FileEdit::walk(OnChange on_change, OnSame on_same) const {
  size_t next = 0;
  int64_t by = 0;
  bool behind_change = false;
  auto same_to = [&](size_t end) {
    for (; next < end; ++next) on_same(next, by, std::exchange(behind_change, false));
  };
  for (const Change& change : changes_) {
    same_to(change.first);
    on_change(change);
    next = change.first + change.count;
    by = int64_t{change.end} - old_begin(next);
    behind_change = true;
  }
  same_to(before_->declarations.size());
}

bool FileEdit::blank_out() {
  bool apart = true;
  walk([](const Change&) {},
       [&](size_t number, int64_t by, bool behind_change) {
         const Outlined& was = before_->declarations[number];
         apart = apart && (!behind_change || is_apart(was));
         if (behind_change || was.kind == Outlined::Kind::other) {
           kept_.push_back({&was, moved(was.begin, by), moved(was.end, by)});
         } else {
           uint32_t begin = number == 0 ? before_->header_end : old_begin(number);
           blank(text_, moved(begin, by), moved(was.end, by));
         }
       });
  return apart;
}

// Whether it begins on a line of its own, so that its columns are what they were.
bool FileEdit::is_apart(const Outlined& was) const {
  uint32_t begin = old_begin(static_cast<size_t>(&was - before_->declarations.data()));
  return std::string_view(before_->text).substr(begin, was.begin - begin).contains('\n');
}

bool FileEdit::take(ast::Tree& tree) {
  auto kept = kept_.begin();
  auto change = changes_.begin();
  std::vector<ast::Declaration> left;
  for (ast::Declaration& declaration : tree.declarations) {
    Outlined found = outlined(declaration);
    if (kept != kept_.end() && found.begin == kept->begin) {
      if (found.end != kept->end || found.kind != kept->was->kind) return false;
      if (found.kind == Outlined::Kind::other) left.push_back(std::move(declaration));
      ++kept;
      continue;
    }
    while (change != changes_.end() && change->end <= found.begin) ++change;
    if (change == changes_.end() || found.begin < change->begin || found.end > change->end ||
        !found.local)
      return false;
    fresh_[static_cast<size_t>(change - changes_.begin())].push_back(std::move(found));
    left.push_back(std::move(declaration));
  }
  tree.declarations = std::move(left);
  for (size_t i = 0; i < changes_.size(); ++i) {
    uint32_t begin = fresh_[i].empty() ? changes_[i].begin : fresh_[i].back().end;
    if (std::string_view(text_).substr(begin, changes_[i].end - begin).contains("///"))
      return false;
  }
  return kept == kept_.end();
}

std::vector<Outlined> FileEdit::declarations() const {
  std::vector<Outlined> out;
  out.reserve(before_->declarations.size());
  walk(
      [&](const Change& change) {
        const std::vector<Outlined>& fresh = fresh_[static_cast<size_t>(&change - changes_.data())];
        out.insert(out.end(), fresh.begin(), fresh.end());
      },
      [&](size_t number, int64_t by, bool) {
        Outlined& same = out.emplace_back(before_->declarations[number]);
        same.begin = moved(same.begin, by);
        same.end = moved(same.end, by);
      });
  return out;
}

planner::MovedLines FileEdit::moved_lines(std::string_view after) const {
  planner::MovedLines out{before_->path, {}};
  std::string_view before = before_->text;
  int64_t more = 0;
  uint32_t line = 1, counted = 0;  // of the old text: the line of the place `counted`
  walk(
      [&](const Change& change) {
        more += lines_in(after.substr(change.begin, change.end - change.begin)) -
                lines_in(old_text(change));
      },
      [&](size_t number, int64_t, bool behind_change) {
        if (!behind_change) return;
        uint32_t begin = before_->declarations[number].begin;
        line += static_cast<uint32_t>(lines_in(before.substr(counted, begin - counted)));
        counted = begin;
        out.moves.push_back({line, more});
      });
  return out;
}

}  // namespace aipol::compiler
