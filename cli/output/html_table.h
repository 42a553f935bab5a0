// A table on a page. It scrolls by itself, also with the keyboard, where it is wider than the
// window. Texts are of anybody: nothing in them is markup, and what is very long is shortened.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace aipol::cli {

// A name within HTML: isolated from the direction of what stands around it.
std::string html_name(std::string_view text);

class HtmlTable {
 public:
  // A head that begins with `#` is that of numbers. `level` 0 shows no title: it is only told.
  HtmlTable(std::string_view title, std::initializer_list<std::string_view> heads, int level = 2);

  HtmlTable& row(std::string_view mark = "");  // the class of its colour
  // The row's name, the first cell; `below` is HTML.
  HtmlTable& head(std::string_view text, std::string_view below = "");
  HtmlTable& text(std::string_view text);
  HtmlTable& list(std::string_view text);  // of places, with commas
  HtmlTable& code(std::string_view text);
  HtmlTable& number(uint64_t value);
  HtmlTable& number(std::string_view text);
  std::string end();

 private:
  std::string out_;
  bool in_row_ = false;
};

}  // namespace aipol::cli
