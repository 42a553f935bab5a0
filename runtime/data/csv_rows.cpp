#include <algorithm>

#include "runtime/data/csv.h"

namespace aipol::data {

namespace {

constexpr size_t most_cells = 10'000;  // of a row

}  // namespace

CsvRows::CsvRows(std::string_view text) : rest_(text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

bool CsvRows::take_line_end() {
  const size_t size = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
  rest_.remove_prefix(size);
  next_line_ += size > 0;
  return size > 0;
}

std::expected<bool, std::string> CsvRows::next(std::vector<std::string>& cells) {
  while (take_line_end()) {
  }
  cells.clear();
  line_ = next_line_;
  if (rest_.empty()) return false;
  for (;;) {
    if (cells.size() == most_cells) return std::unexpected("has too many cells");
    if (auto well = cell(cells.emplace_back()); !well)
      return std::unexpected(std::move(well.error()));
    if (rest_.empty() || take_line_end()) return true;
    if (!rest_.starts_with(','))
      return std::unexpected("expected a comma behind the closing quote");
    rest_.remove_prefix(1);
  }
}

std::expected<void, std::string> CsvRows::cell(std::string& out) {
  if (rest_.starts_with('"')) return quoted(out);
  size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
  if (end < rest_.size() && rest_[end] == '\n' && end > 0 && rest_[end - 1] == '\r') --end;
  out = rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (out.find('"') != out.npos)
    return std::unexpected("a cell with a quote in it must stand in quotes");
  return {};
}

std::expected<void, std::string> CsvRows::quoted(std::string& out) {
  rest_.remove_prefix(1);
  for (;;) {
    const size_t quote = rest_.find('"');
    if (quote == rest_.npos) return std::unexpected("the closing quote is missing");
    out += rest_.substr(0, quote);
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) break;
    out += '"';
    rest_.remove_prefix(1);
  }
  next_line_ += static_cast<size_t>(std::ranges::count(out, '\n'));
  return {};
}

}  // namespace aipol::data
