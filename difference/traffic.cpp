#include "difference/traffic.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "runtime/offline/read_call.h"

namespace aipol::difference {

Result<size_t> each_record(const std::string& file, Both<Trial*> trials,
                           const std::function<void(const Both<Seen>&)>& visit) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return failure(fmt::format("{}: cannot be read", file));
  }
  std::istream& in = file == "-" ? std::cin : opened;
  size_t count = 0, line = 0;
  std::string record;
  while (std::getline(in, record)) {
    ++line;
    bool blank = record.find_first_not_of(" \t\r") == std::string::npos;
    if (blank || offline::is_other_record(record)) continue;
    Both<Seen> seen;
    for (Side side : sides) {
      Result<Seen> one = trials[side]->decide_next(record);
      if (!one) return failure(fmt::format("{}:{}: {}", file, line, one.error().message));
      seen[side] = std::move(*one);
    }
    visit(seen);
    ++count;
  }
  return count;
}

}  // namespace aipol::difference
