#include "cli/output/excerpt.h"

#include <algorithm>

#include "base/text.h"
#include "compiler/diagnostics/diagnostics.h"

namespace aipol::cli {

namespace {

// The byte at which a place stands, whose column counts code points.
uint32_t offset_of(const source::File& file, uint32_t line, uint32_t column) {
  std::string_view text = file.line(line);
  size_t at = 0;
  for (uint32_t passed = 1; passed < column && at < text.size(); ++passed)
    at += std::max<size_t>(1, code_point_bytes(text.substr(at)));
  return file.line_begin(line) + static_cast<uint32_t>(std::min(at, text.size()));
}

}  // namespace

std::optional<source::Span> span_of(const plan::Place& place, const source::Files& files) {
  for (source::FileId id = 0; id < files.size(); ++id) {
    const source::File& file = files[id];
    if (place.line == 0 || file.path() != place.file) continue;
    return source::Span{id, offset_of(file, place.line, place.column),
                        offset_of(file, place.end_line, place.end_column)};
  }
  return std::nullopt;
}

std::string excerpt(const plan::Place& place, const plan::Place& other, std::string_view note,
                    const source::Files& files, bool colour) {
  diagnostics::Diagnostic shown;
  std::optional<source::Span> span = span_of(place, files);
  if (!span) return {};
  shown.span = *span;
  if (std::optional<source::Span> second = span_of(other, files))
    shown.labels.push_back({*second, std::string(note)});
  return diagnostics::render_places(shown, files, colour);
}

}  // namespace aipol::cli
