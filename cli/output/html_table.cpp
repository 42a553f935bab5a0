#include "cli/output/html_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/output/markup.h"
#include "cli/output/replay_words.h"

namespace aipol::cli {

namespace {

constexpr size_t most_of_name = 160, most_of_list = 800;

// The text up to so many code points; bytes that are none count as one each.
std::string_view beginning(std::string_view text, size_t code_points) {
  size_t at = 0;
  for (size_t i = 0; i < code_points && at < text.size(); ++i)
    at += std::max<size_t>(code_point_bytes(text.substr(at)), 1);
  return text.substr(0, at);
}

// "Limits reached" -> "limits-reached"
std::string id_of(std::string_view title) {
  std::string id = lower_ascii(title);
  std::ranges::replace_if(
      id, [](char c) { return (c < 'a' || c > 'z') && (c < '0' || c > '9'); }, '-');
  return id;
}

std::string isolated(std::string_view text, size_t code_points) {
  std::string_view shown = beginning(text, code_points);
  return fmt::format("<bdi>{}{}</bdi>", markup(shown), shown.size() < text.size() ? "…" : "");
}

}  // namespace

std::string html_name(std::string_view text) { return isolated(text, most_of_name); }

HtmlTable::HtmlTable(std::string_view title, std::initializer_list<std::string_view> heads,
                     int level) {
  if (level > 0)
    out_ = fmt::format(
        "<h{0} id=\"{1}\">{2}</h{0}>\n<div class=\"scroll\" role=\"region\" "
        "aria-labelledby=\"{1}\" tabindex=\"0\"><table><thead><tr>",
        level, id_of(title), markup(title));
  else
    out_ = fmt::format(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" "
        "tabindex=\"0\"><table><thead><tr>",
        markup(title));
  for (std::string_view head : heads) {
    bool number = head.starts_with('#');
    out_ += fmt::format("<th scope=\"col\"{}>{}</th>", number ? " class=\"n\"" : "",
                        number ? head.substr(1) : head);
  }
  out_ += "</tr></thead><tbody>\n";
}

HtmlTable& HtmlTable::row(std::string_view mark) {
  if (in_row_) out_ += "</tr>\n";
  in_row_ = true;
  out_ += mark.empty() ? "<tr>" : fmt::format("<tr class=\"{}\">", mark);
  return *this;
}

HtmlTable& HtmlTable::head(std::string_view text, std::string_view below) {
  out_ += fmt::format("<th scope=\"row\">{}{}</th>", html_name(text), below);
  return *this;
}

HtmlTable& HtmlTable::text(std::string_view text) {
  out_ += fmt::format("<td>{}</td>", html_name(text));
  return *this;
}

HtmlTable& HtmlTable::list(std::string_view text) {
  out_ += fmt::format("<td class=\"list\">{}</td>", isolated(text, most_of_list));
  return *this;
}

HtmlTable& HtmlTable::code(std::string_view text) {
  out_ += text.empty() ? "<td></td>" : fmt::format("<td><code>{}</code></td>", html_name(text));
  return *this;
}

HtmlTable& HtmlTable::number(uint64_t value) {
  out_ += fmt::format("<td class=\"n{}\">{}</td>", value == 0 ? " zero" : "", with_commas(value));
  return *this;
}

HtmlTable& HtmlTable::number(std::string_view text) {
  out_ += fmt::format("<td class=\"n\">{}</td>", markup(text));
  return *this;
}

std::string HtmlTable::end() {
  if (in_row_) out_ += "</tr>\n";
  return std::move(out_) + "</tbody></table></div>\n";
}

}  // namespace aipol::cli
