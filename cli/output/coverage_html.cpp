// One page. Each byte of a source file has at most one statement, one part of a guard and one kind
// of token; what has the same is one element.
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "cli/output/coverage.h"
#include "cli/output/coverage_style.h"
#include "cli/output/excerpt.h"
#include "cli/output/markup.h"
#include "cli/output/tokens.h"

namespace aipol::cli {

using testing::CoverageSummary;
using testing::CoveredCondition;
using testing::CoveredPolicy;
using testing::CoveredStatement;
using testing::Share;

namespace {

// How a stretch of source is shown.
struct Mark {
  std::string_view token;           // class of the kind of token, or empty
  std::string_view statement;       // class, or empty
  std::string_view condition = {};  // class, or empty
  const std::string* title = nullptr;
  bool operator==(const Mark&) const = default;

  std::string classes() const {
    std::string all;
    for (std::string_view one : {token, statement, condition}) {
      if (!one.empty()) all += fmt::format("{}{}", all.empty() ? "" : " ", one);
    }
    return all;
  }
};

std::string times(uint64_t count) {
  return count == 0 ? "never" : count == 1 ? "once" : fmt::format("{} times", count);
}

std::string_view class_of(const CoveredStatement& statement) {
  if (statement.fired == 0) return "missed";
  return statement.can_refuse && statement.refused == 0 ? "partly" : "hit";
}

std::string_view class_of(const testing::Outcomes& outcomes) {
  if (outcomes.held > 0 && outcomes.failed > 0) return "cond both";
  return outcomes.held + outcomes.failed > 0 ? "cond half" : "cond none";
}

std::string title_of(const CoveredStatement& statement) {
  std::string title = "fired " + times(statement.fired);
  return statement.can_refuse ? title + ", refused " + times(statement.refused) : title;
}

std::string title_of(const testing::Outcomes& outcomes) {
  return fmt::format("true {}, false {}", times(outcomes.held), times(outcomes.failed));
}

// The source of one file, as it is covered.
class FilePage {
 public:
  FilePage(const source::File& file, const source::Files& files, const CoverageSummary& coverage)
      : file_(file), files_(files), marks_(file.text().size()) {
    for (const Token& token : tokens_of(file.text())) {
      for (uint32_t at = token.begin; at < token.end; ++at) marks_[at].token = token.kind;
    }
    for (const CoveredPolicy& policy : coverage.policies) {
      if (policy.policy.place.file == file.path()) add(policy);
    }
    for (const Gap& gap : gaps(coverage)) {
      if (gap.place.file == file.path()) notes_[gap.place.line].push_back(gap.missing);
    }
  }

  std::string html() const {
    std::string out = fmt::format(
        "<section id=\"{0}\"><h2><a href=\"#{0}\">{0}</a>{1}</h2><div class=\"code\">\n",
        markup(file_.path()), share_bar(statements_));
    uint32_t lines = file_.locate(static_cast<uint32_t>(file_.text().size())).line;
    for (uint32_t number = 1; number <= lines; ++number) {
      if (number == lines && file_.line(number).empty()) break;
      out += line(number);
    }
    return out + "</div></section>\n";
  }

  const Share& statements() const { return statements_; }

  static std::string share_bar(const Share& share) {
    return fmt::format(
        "<span class=\"bar\"><i style=\"width:{:.1f}%\"></i></span><span "
        "class=\"share\">{}/{}</span>",
        share.percent(), share.hit, share.total);
  }

 private:
  void add(const CoveredPolicy& policy) {
    for (const CoveredStatement& statement : policy.statements) {
      ++statements_.total;
      statements_.hit += statement.fired > 0;
      uint32_t line = statement.place.line;
      auto [count, is_new] = counts_.try_emplace(line, statement.fired);
      if (!is_new) count->second = std::min(count->second, statement.fired);
      const std::string* title = keep(title_of(statement));
      each_byte(statement.place, [&](Mark& mark) {
        mark.statement = class_of(statement);
        mark.title = title;
      });
    }
    for (const CoveredCondition& condition : policy.conditions) {
      const std::string* title = keep(title_of(condition.outcomes));
      each_byte(condition.place, [&](Mark& mark) {
        mark.condition = class_of(condition.outcomes);
        mark.title = title;
      });
    }
  }

  template <class F>
  void each_byte(const plan::Place& place, F change) {
    std::optional<source::Span> span = span_of(place, files_);
    // A condition may stand in another file: that of the function that it calls.
    if (!span || place.file != file_.path()) return;
    for (uint32_t at = span->begin; at < span->end; ++at) change(marks_[at]);
  }

  const std::string* keep(std::string title) {
    titles_.push_back(std::make_unique<std::string>(std::move(title)));
    return titles_.back().get();
  }

  std::string line(uint32_t number) const {
    auto count = counts_.find(number);
    std::string_view state = count == counts_.end() ? "" : count->second > 0 ? " yes" : " no";
    std::string out =
        fmt::format("<div class=\"line{}\"><a class=\"n\">{}</a><span class=\"t\">{}</span><code>",
                    state, number, count == counts_.end() ? "" : fmt::format("{}×", count->second));
    std::string_view text = file_.line(number);
    uint32_t begin = file_.line_begin(number);
    for (size_t at = 0; at < text.size();) {
      const Mark& mark = marks_[begin + at];
      size_t end = at + 1;
      while (end < text.size() && marks_[begin + end] == mark) ++end;
      out += stretch(mark, text.substr(at, end - at));
      at = end;
    }
    out += "</code>";
    if (auto notes = notes_.find(number); notes != notes_.end()) {
      for (std::string_view note : notes->second)
        out += fmt::format("<span class=\"note\">{}</span>", markup(note));
    }
    return out + "</div>\n";
  }

  static std::string stretch(const Mark& mark, std::string_view text) {
    std::string classes = mark.classes();
    if (classes.empty()) return markup(text);
    std::string title =
        mark.title == nullptr ? "" : fmt::format(" title=\"{}\"", markup(*mark.title));
    return fmt::format("<span class=\"{}\"{}>{}</span>", classes, title, markup(text));
  }

  const source::File& file_;
  const source::Files& files_;
  std::vector<Mark> marks_;  // by byte
  std::vector<std::unique_ptr<std::string>> titles_;
  std::map<uint32_t, uint64_t> counts_;  // by line: how often the statements there fired
  std::map<uint32_t, std::vector<std::string_view>> notes_;
  Share statements_;
};

std::string card(std::string_view name, std::string_view what, const Share& share) {
  std::string_view state = share.hit == share.total ? "full" : share.percent() < 50 ? "low" : "mid";
  return fmt::format(
      "<div class=\"card {}\"><b>{:.0f}%</b><span>{}</span><small>{} of {} {}</small>"
      "<span class=\"bar\"><i style=\"width:{:.1f}%\"></i></span></div>\n",
      state, std::floor(share.percent()), name, share.hit, share.total, what, share.percent());
}

std::string cards(const CoverageSummary& coverage) {
  return "<div class=\"cards\">\n" + card("Statements", "fired", coverage.of_statements) +
         card("Conditions", "outcomes seen", coverage.of_conditions) +
         card("Refusals", "seen to refuse", coverage.of_refusals) +
         card("Policies", "fired", coverage.of_policies) + "</div>\n";
}

std::string file_list(const std::vector<FilePage>& pages, const std::vector<std::string>& names) {
  std::string out = "<ul class=\"files\">\n";
  for (size_t i = 0; i < pages.size(); ++i) {
    out += fmt::format("<li><a href=\"#{0}\">{0}</a>{1}</li>\n", markup(names[i]),
                       FilePage::share_bar(pages[i].statements()));
  }
  return out + "</ul>\n";
}

}  // namespace

std::string coverage_html(const CoverageSummary& coverage, const source::Files& files) {
  std::vector<FilePage> pages;
  std::vector<std::string> names;
  for (source::FileId id = 0; id < files.size(); ++id) {
    FilePage page(files[id], files, coverage);
    if (page.statements().total == 0) continue;
    pages.push_back(std::move(page));
    names.push_back(files[id].path());
  }
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><title>Policy coverage</title>"
      "<style>{}</style></head><body>\n<main><h1>Policy coverage</h1>\n",
      coverage_style());
  out += cards(coverage) + file_list(pages, names);
  for (const FilePage& page : pages) out += page.html();
  return out + "</main></body></html>\n";
}

}  // namespace aipol::cli
