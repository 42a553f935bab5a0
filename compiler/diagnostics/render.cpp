// A diagnostic as text for a terminal: the message, the place, the source lines with what is
// underlined, and help.
#include <map>

#include "base/text.h"
#include "compiler/diagnostics/diagnostics.h"

namespace aipol::diagnostics {

namespace {

constexpr size_t widest = 160;  // columns of a source line
constexpr size_t tab_width = 2;

struct Colours {
  std::string_view error, warning, place, strong, plain;
};
constexpr Colours coloured{"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"};
constexpr Colours colourless{"", "", "", "", ""};

// A source line as it is shown, and the column at which each of its bytes is shown.
struct ShownLine {
  std::string text;             // one column for each code point
  std::vector<size_t> columns;  // of each byte, and behind the last one
};

// Bytes that a terminal would act on, or could not show, are spelled out.
std::string shown_character(std::string_view text, size_t bytes) {
  auto c = static_cast<unsigned char>(text[0]);
  if (c == '\t') return std::string(tab_width, ' ');
  if (bytes == 0) return fmt::format("\\x{:02x}", c);
  if (c < 0x20 || c == 0x7F) return fmt::format("\\u{{{:x}}}", c);
  std::string_view point = text.substr(0, bytes);
  bool control = point >= "\u0080" && point <= "\u009F" && bytes == 2;
  bool reorders =
      (point >= "\u202A" && point <= "\u202E") || (point >= "\u2066" && point <= "\u2069");
  if (control) return fmt::format("\\u{{{:x}}}", static_cast<unsigned char>(text[1]));
  if (bytes == 3 && (reorders || point == "\u2028" || point == "\u2029")) {
    return fmt::format("\\u{{{:x}}}",
                       (c & 0xFu) << 12 | (text[1] & 0x3Fu) << 6 | (text[2] & 0x3Fu));
  }
  return std::string(point);
}

ShownLine shown_line(std::string_view line) {
  ShownLine result;
  size_t column = 0;
  for (size_t at = 0; at < line.size();) {
    size_t bytes = code_point_bytes(line.substr(at));
    std::string shown = shown_character(line.substr(at), bytes);
    size_t taken = std::max<size_t>(1, bytes);
    result.columns.insert(result.columns.end(), taken, column);
    column += taken > 1 && shown.size() == taken ? 1 : shown.size();
    result.text += shown;
    at += taken;
  }
  result.columns.push_back(column);
  return result;
}

// Columns [begin, end) of the text.
std::string columns_of(std::string_view text, size_t begin, size_t end) {
  std::string result;
  size_t column = 0;
  for (size_t at = 0; at < text.size() && column < end; ++column) {
    size_t bytes = std::max<size_t>(1, code_point_bytes(text.substr(at)));
    if (column >= begin) result += text.substr(at, bytes);
    at += bytes;
  }
  return result;
}

struct Mark {
  Span span;
  std::string_view text;
  bool primary;
};

class Rendering {
 public:
  Rendering(const Diagnostic& diagnostic, const source::Files& files, bool colour)
      : diagnostic_(diagnostic), files_(files), colours_(colour ? coloured : colourless) {}

  std::string run() {
    bool error = diagnostic_.severity == Severity::error;
    add("{}{}[{}]{}: {}\n", error ? colours_.error : colours_.warning, error ? "error" : "warning",
        diagnostic_.title(), colours_.plain, shown(diagnostic_.message));
    if (diagnostic_.span.file < files_.size()) places();
    if (!diagnostic_.help_text.empty()) {
      add("{:{}} {}={} {}help{}: {}\n", "", gutter_, colours_.place, colours_.plain,
          colours_.strong, colours_.plain, shown(diagnostic_.help_text));
    }
    return std::move(text_);
  }

  std::string run_places() {
    places();
    return std::move(text_);
  }

 private:
  // The primary file first, then those of labels elsewhere; in each the lines from top to bottom.
  void places() {
    std::vector<source::FileId> order{diagnostic_.span.file};
    std::map<source::FileId, std::vector<Mark>> marks;
    marks[diagnostic_.span.file].push_back({diagnostic_.span, diagnostic_.note, true});
    for (const Label& label : diagnostic_.labels) {
      if (label.span.file >= files_.size()) continue;
      if (!marks.contains(label.span.file)) order.push_back(label.span.file);
      marks[label.span.file].push_back({label.span, label.text, false});
    }
    for (const auto& [id, list] : marks) {
      for (const Mark& mark : list)
        gutter_ = std::max(gutter_, fmt::formatted_size("{}", line_of(mark)));
    }
    for (source::FileId id : order) file(id, marks[id]);
  }

  uint32_t line_of(const Mark& mark) const {
    return files_[mark.span.file].locate(mark.span.begin).line;
  }

  void file(source::FileId id, std::vector<Mark> marks) {
    source::LineColumn place = files_[id].locate(marks[0].span.begin);
    add("{:{}}{}-->{} {}:{}:{}\n", "", gutter_, colours_.place, colours_.plain,
        shown(files_[id].path()), place.line, place.column);
    std::ranges::stable_sort(marks, {}, [](const Mark& mark) { return mark.span.begin; });
    for (size_t i = 0; i < marks.size();) {
      uint32_t line = line_of(marks[i]);
      size_t next = i;
      while (next < marks.size() && line_of(marks[next]) == line) ++next;
      this->line(files_[id], line, std::span(marks).subspan(i, next - i));
      i = next;
    }
  }

  // A source line and, below it, a line for each mark: the primary one last, nearest to the help.
  void line(const source::File& file, uint32_t number, std::span<Mark> marks) {
    ShownLine shown = shown_line(file.line(number));
    const Mark& focus =
        *std::ranges::max_element(marks, {}, [](const Mark& mark) { return mark.primary; });
    auto [begin, end] = columns(file, number, shown, focus.span);
    size_t width = shown.columns.back(), from = 0;
    if (width > widest)
      from = std::min(begin > widest / 2 ? begin - widest / 2 : 0, width - widest);
    size_t to = std::min(width, from + widest);
    std::string text = columns_of(shown.text, from, to);
    add("{}{:>{}} |{} {}{}{}\n", colours_.place, number, gutter_, colours_.plain,
        from > 0 ? "…" : "", text, to < width ? "…" : "");
    std::ranges::stable_sort(marks, {}, &Mark::primary);
    for (const Mark& mark : marks) {
      auto [first, last] = columns(file, number, shown, mark.span);
      if (last <= from || first >= to + 1) {
        first = last = from;
      }
      underline(mark, std::max(first, from) - from + (from > 0),
                std::min(last, to) - std::max(first, from));
    }
  }

  // Where the span is shown in the line; of a span over several lines what is in the first.
  static std::pair<size_t, size_t> columns(const source::File& file, uint32_t number,
                                           const ShownLine& shown, Span span) {
    size_t bytes = shown.columns.size() - 1, line = file.line_begin(number);
    size_t begin = std::min<size_t>(span.begin - line, bytes),
           end = std::min<size_t>(span.end - line, bytes);
    return {shown.columns[begin], shown.columns[std::max(begin, end)]};
  }

  void underline(const Mark& mark, size_t indent, size_t length) {
    std::string_view colour =
        mark.primary ? (diagnostic_.severity == Severity::error ? colours_.error : colours_.warning)
                     : colours_.place;
    std::string signs(std::max<size_t>(1, length), mark.primary ? '^' : '-');
    std::string text = mark.text.empty() ? std::string() : " " + shown(mark.text);
    add("{}{:{}} |{} {:{}}{}{}{}{}\n", colours_.place, "", gutter_, colours_.plain, "", indent,
        colour, signs, text, colours_.plain);
  }

  template <class... A>
  void add(fmt::format_string<A...> pattern, A&&... arguments) {
    text_ += fmt::format(pattern, std::forward<A>(arguments)...);
  }

  const Diagnostic& diagnostic_;
  const source::Files& files_;
  const Colours& colours_;
  size_t gutter_ = 1;
  std::string text_;
};

}  // namespace

std::string render(const Diagnostic& diagnostic, const source::Files& files, bool colour) {
  return Rendering(diagnostic, files, colour).run();
}

std::string shown(std::string_view text) { return shown_line(text).text; }

std::string render_places(const Diagnostic& diagnostic, const source::Files& files, bool colour) {
  return Rendering(diagnostic, files, colour).run_places();
}

}  // namespace aipol::diagnostics
