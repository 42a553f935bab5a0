// Comments at the ends of lines: below each other where each of a run of lines has one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aipol::format {

class LineEnds {
 public:
  // A line that is written, without its break, with the comment behind it or none. Lines are
  // appended to the text once it is known where their comments stand.
  void add(std::string line, uint32_t indent, uint32_t width, std::string comment,
           std::string& text);
  void flush(std::string& text);

 private:
  struct Line {
    std::string text;
    uint32_t indent, width;
    std::string comment;
  };
  uint32_t column() const;

  std::vector<Line> lines_;  // each with a comment
};

}  // namespace aipol::format
