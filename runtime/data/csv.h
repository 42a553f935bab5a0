// CSV by RFC 4180: commas, quotes doubled inside of quotes, lines that end with CRLF or LF.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "plan/document.h"
#include "runtime/data/builder.h"

namespace aipol::data {

class CsvRows {
 public:
  explicit CsvRows(std::string_view text);

  // Empty lines are passed over. False at the end; an error is what is wrong in the line.
  std::expected<bool, std::string> next(std::vector<std::string>& cells);
  // Where the row began that was read last, from 1.
  size_t line() const { return line_; }

 private:
  std::expected<void, std::string> cell(std::string& out);
  std::expected<void, std::string> quoted(std::string& out);
  bool take_line_end();

  std::string_view rest_;
  size_t line_ = 1, next_line_ = 1;
};

// An error is where and what, without the file's name.
std::expected<void, std::string> read_csv(const plan::DataType& type, std::string_view text,
                                          Builder& builder);

}  // namespace aipol::data
