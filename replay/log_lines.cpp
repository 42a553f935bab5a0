#include "replay/log_lines.h"

#include <algorithm>

#include "replay/file_lines.h"
#include "replay/logs/plain_lines.h"

namespace aipol::replay {

namespace {

// One thread reads; those that decide translate.
class TranslatedLines final : public LineSource {
 public:
  explicit TranslatedLines(logs::Source source) : source_(std::move(source)) {}

  Result<bool> next(Block& block) override {
    auto raw = std::make_shared<logs::RawBlock>();
    Result<bool> more = source_.next(*raw);
    if (!more || !*more) return more;
    block.size = 0;
    block.file = static_cast<uint32_t>(raw->file);
    block.line = raw->documents.empty() ? 1 : raw->documents.front().number;
    block.number = number_++;
    block.too_long = false;
    block.prepare = [this, raw](Block& into) { fill(source_.translate(*raw), into); };
    return true;
  }
  const std::string& file(uint32_t number) const override { return source_.names()[number]; }
  uint32_t files() const override { return static_cast<uint32_t>(source_.names().size()); }
  uint64_t done() const override { return source_.done(); }
  uint64_t total() const override { return source_.total(); }

 private:
  static void fill(logs::Block made, Block& block) {
    block.text = std::move(made.text);
    block.size = block.text.size();
    block.text.append(Block::slack, '\0');
    block.lines.clear();
    for (const logs::Line& line : made.lines) block.lines.push_back(line.number);
    block.unreadable.clear();
    for (logs::Unreadable& one : made.unreadable)
      block.unreadable.emplace_back(one.line, std::move(one.reason));
    block.passed_over = made.passed_over;
  }

  logs::Source source_;
  uint64_t number_ = 0;
};

}  // namespace

Result<std::unique_ptr<LineSource>> open_log(std::vector<std::string> paths,
                                             const logs::Options& options) {
  bool translated = options.format != nullptr || options.mapping != nullptr;
  if (!translated && std::ranges::all_of(paths, logs::holds_plain_lines))
    return FileLines::open(std::move(paths));
  Result<logs::Source> source = logs::Source::open(std::move(paths), options);
  if (!source) return std::unexpected(source.error());
  return std::make_unique<TranslatedLines>(std::move(*source));
}

}  // namespace aipol::replay
