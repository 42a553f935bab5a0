// Lines of plain files, one file after the other; `-` is standard input.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "replay/line_source.h"

namespace aipol::replay {

class FileLines final : public LineSource {
 public:
  // An error where a file can not be opened: before anything is read. A line longer than `longest`
  // bytes is passed over.
  static Result<std::unique_ptr<FileLines>> open(std::vector<std::string> paths,
                                                 size_t block_bytes = usual_block,
                                                 size_t longest = usual_longest);
  ~FileLines() override;

  Result<bool> next(Block& block) override;
  const std::string& file(uint32_t number) const override { return paths_[number]; }
  uint32_t files() const override { return static_cast<uint32_t>(paths_.size()); }
  uint64_t done() const override { return done_; }
  uint64_t total() const override { return total_; }

 private:
  static constexpr size_t usual_block = 256 << 10;
  static const size_t usual_longest;

  FileLines(std::vector<std::string> paths, size_t block_bytes, size_t longest)
      : paths_(std::move(paths)), block_bytes_(block_bytes), longest_(longest) {}
  Result<size_t> fill(std::string& text, size_t have, size_t size);
  bool give(Block& block, size_t size, size_t have);
  void begin(Block& block);
  Result<bool> pass_over(Block& block, size_t have);

  std::vector<std::string> paths_;
  const size_t block_bytes_, longest_;
  std::vector<int> descriptors_;
  uint32_t at_ = 0;     // the file that is read
  bool ended_ = false;  // nothing more comes of it
  std::string rest_;    // read and not given yet: the beginning of a line
  uint64_t line_ = 1, number_ = 0, done_ = 0, total_ = 0;
};

}  // namespace aipol::replay
