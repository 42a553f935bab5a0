// Any bytes as a log of each format: no crash, and every record is one that `eval` can parse as
// JSON on one line. Bytes in pieces of any size are cut as they are in one.
#include <cstdint>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "replay/logs/document_reader.h"
#include "replay/logs/log_format.h"
#include "replay/logs/mapping.h"

using namespace aipol;
using namespace aipol::replay::logs;

namespace {

class Pieces : public Input {
 public:
  Pieces(std::string_view text, size_t most) : text_(text), most_(most) {}
  Result<size_t> read(char* into, size_t size) override {
    const size_t count = std::min({size, most_, text_.size()});
    text_.copy(into, count);
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
  size_t most_;
};

std::string cut(std::string_view text, size_t most) {
  DocumentReader reader(std::make_unique<Pieces>(text, most), 4096);
  std::string all;
  for (;;) {
    const auto got = reader.next();
    if (!got || *got == DocumentReader::Got::end) return all;
    all += std::to_string(reader.line());
    all += *got == DocumentReader::Got::document ? reader.text() : reader.reason();
  }
}

void check(const std::string& text, const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    const std::string_view record = std::string_view(text).substr(line.begin, line.size);
    if (record.find('\n') != record.npos || !nlohmann::json::accept(record)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (cut(text, 1) != cut(text, 1 << 20)) std::abort();
  const auto document = parse_document(text);
  const auto mapping = Mapping::parse(text);
  if (!document) return 0;
  (void)recognise(*document);
  std::string out;
  std::vector<Line> lines;
  std::vector<Unreadable> unreadable;
  Records records(out, lines, unreadable);
  for (const LogFormat& format : log_formats()) {
    records.begin(1, nullptr);
    if (format.translate != nullptr) format.translate(*document, records);
    if (!mapping) continue;
    records.begin(2, &*mapping);
    mapping->translate(*document, records);
  }
  check(out, lines);
  return 0;
}
