// Any bytes as a record of a replay: no crash; what the short way reads is what any record is read
// as, and what it is not read by is refused, but for broken values that nobody asks for.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "replay/record_reader.h"
#include "tests/support/replay_lines.h"

namespace {

using namespace aipol;

replay::RecordReader& reader() {
  static plan::Plan plan = [] {
    plan::Plan made;
    made.sources.emplace_back().path = "request.project";
    return made;
  }();
  static replay::RecordReader made(&plan, nullptr);
  return made;
}

using Way = bool (replay::RecordReader::*)(std::string_view, bool, replay::Record&);

void compare(std::string_view line, Way way) {
  replay::Record fast, slow;
  // Nothing of a record about something else is looked at.
  if (!(reader().*way)(line, false, fast) || fast.kind == replay::Kind::other) return;
  auto done = reader().read_slowly(line, slow);
  if (!done && !nlohmann::json::accept(line)) return;
  std::string why = done ? testing::difference(fast, slow) : "refused: " + done.error().message;
  if (why.empty()) return;
  std::fprintf(stderr, "%s\n%.*s\n", why.c_str(), static_cast<int>(line.size()), line.data());
  std::abort();
}

}  // namespace

// The first byte chooses: bytes as they are, or a record made by them.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string line(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 1) {
    testing::Choices choices(std::span(data + 1, size - 1));
    line = testing::random_record(choices);
  }
  // Learned from the lines before it, which are not the same in each run.
  compare(line, &replay::RecordReader::read_by_shape);
  compare(line, &replay::RecordReader::read_simply);
  testing::Choices choices(std::span(data, size));
  for (int i = 0; i < 2; ++i)
    compare(testing::with_other_values(line, choices), &replay::RecordReader::read_by_shape);
  replay::Record record;
  std::ignore = reader().read(line, false, record);
  return 0;
}
