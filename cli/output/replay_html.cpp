// One page that needs nothing else: cli/pages/replay.html around what is written here.
#include <fmt/format.h>

#include <algorithm>

#include "cli/output/html_table.h"
#include "cli/output/markup.h"
#include "cli/output/replay.h"
#include "cli/output/replay_page.h"
#include "cli/output/replay_words.h"
#include "embedded/files.h"

namespace aipol::cli {

using replay::Gate;
using replay::Report;

namespace {

// Of the records, in the order of what matters.
struct Part {
  std::string_view mark, name;
  uint64_t count;
};

std::vector<Part> parts_of(const Report& r) {
  std::vector<Part> parts = {{"same", "same", r.same},
                             {"denied", "newly denied", r.newly_denied},
                             {"allowed", "newly allowed", r.newly_allowed}};
  uint64_t otherwise = r.changed - r.newly_denied - r.newly_allowed;
  if (otherwise > 0) parts.push_back({"otherwise", "denied otherwise", otherwise});
  parts.push_back({"unknown", "undetermined", r.undetermined});
  return parts;
}

std::string title_of(const Report& r) {
  if (r.changed == 0) return "No decision changes";
  return fmt::format("{} of {} decisions change", with_commas(r.changed), with_commas(r.records));
}

std::string about(const Report& r) {
  std::string when =
      r.first == 0 ? "" : fmt::format(", {} to {} UTC", short_time(r.first), short_time(r.last));
  std::string with = r.from.version.empty()
                         ? "what was recorded"
                         : fmt::format("<code>{}</code>", html_name(r.from.name));
  return fmt::format(
      "<p class=\"about\">{} recorded {}{}, decided by <code>{}</code>, compared with {}</p>\n",
      with_commas(r.records), r.records == 1 ? "request" : "requests", when, html_name(r.to.name),
      with);
}

std::string cards(const Report& r) {
  std::vector<Part> parts = parts_of(r);
  std::string bar, cards;
  for (const Part& part : parts) {
    if (part.count > 0)
      bar += fmt::format("<i class=\"{}\" style=\"flex-grow:{}\"></i>", part.mark, part.count);
    cards += fmt::format("<li class=\"card {}\"><b>{}</b> <span>{}, {}</span></li>\n",
                         part.count > 0 ? part.mark : "none", with_commas(part.count), part.name,
                         share_of(part.count, r.records));
  }
  if (r.unreadable > 0)
    cards +=
        fmt::format("<li class=\"card\"><b>{}</b> <span>unreadable, {} of lines</span></li>\n",
                    with_commas(r.unreadable), share_of(r.unreadable, r.records + r.unreadable));
  if (!bar.empty()) bar = fmt::format("<div class=\"whole\" aria-hidden=\"true\">{}</div>\n", bar);
  return bar + "<ul class=\"cards\">\n" + cards + "</ul>\n";
}

std::string gates_text(const Report& report, const std::vector<Gate>& gates) {
  if (gates.empty()) return "";
  std::string out = "<ul class=\"gates\">\n";
  for (const Gate& gate : gates)
    out += fmt::format("<li class=\"{0}\"><b>{0}</b> <code>{1}</code>: {2}</li>\n",
                       gate.fails(report) ? "failed" : "passed", markup(gate.text()),
                       markup(gate.measured(report)));
  return out + "</ul>\n";
}

std::string money(const Report& r) {
  std::string text = money_text(r, "<b>", "</b>");
  return text.empty() ? "" : "<p>" + text + "</p>\n";
}

std::string notes(const Report& r) {
  std::string out;
  auto note = [&](bool holds, const std::string& text) {
    if (holds) out += fmt::format("<p class=\"note\">{}</p>\n", text);
  };
  note(r.of > 0 && r.shards.size() < r.of,
       fmt::format("{} of {} shards; the rest is missing", r.shards.size(), r.of));
  note(r.late > 0, with_commas(r.late) + " records came too late to be put in order");
  note(r.estimated > 0,
       with_commas(r.estimated) +
           " records do not tell what they would have used: estimated for the limits");
  return out;
}

void put(std::string& page, std::string_view place, std::string_view text) {
  page.replace(page.find(place), place.size(), text);
}

}  // namespace

std::string replay_html(const Report& report, const std::vector<Gate>& gates, bool) {
  auto pages = embedded::pages();
  auto page = std::ranges::find(pages, "replay.html", &embedded::File::path);
  std::string text(page->text), title = title_of(report);
  put(text, "{{title}}", title);
  put(text, "{{content}}",
      fmt::format("<h1>{}</h1>\n", title) + about(report) + cards(report) +
          gates_text(report, gates) + money(report) + notes(report) + replay_charts(report) +
          replay_tables(report));
  return text;
}

}  // namespace aipol::cli
