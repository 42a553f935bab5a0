// Text within XML, HTML and Markdown.
#pragma once

#include <string>
#include <string_view>

namespace aipol::cli {

// For content and for attributes in double quotes. What XML 1.0 has no character for becomes
// U+FFFD.
std::string markup(std::string_view text);

// In Markdown, in a line or a cell of a table: nothing in the text is markup.
std::string markdown_text(std::string_view text);

}  // namespace aipol::cli
