#include "replay/file_lines.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "runtime/offline/read_call.h"

namespace aipol::replay {

namespace {

// Sixteen bytes at a time.
uint64_t breaks_in(std::string_view text) {
  using Bytes [[gnu::vector_size(16)]] = uint8_t;
  constexpr size_t most_added = 255;  // times, before a byte of a sum overflows
  uint64_t count = 0;
  size_t at = 0;
  while (at + sizeof(Bytes) <= text.size()) {
    Bytes sums{};
    for (size_t i = 0; i < most_added && at + sizeof(Bytes) <= text.size(); ++i) {
      Bytes bytes;
      std::memcpy(&bytes, text.data() + at, sizeof bytes);
      sums -= static_cast<Bytes>(bytes == '\n');
      at += sizeof bytes;
    }
    for (size_t i = 0; i < sizeof sums; ++i) count += sums[i];
  }
  return count + static_cast<uint64_t>(std::ranges::count(text.substr(at), '\n'));
}

}  // namespace

const size_t FileLines::usual_longest = offline::max_record_bytes;

Result<std::unique_ptr<FileLines>> FileLines::open(std::vector<std::string> paths,
                                                   size_t block_bytes, size_t longest) {
  std::unique_ptr<FileLines> lines(new FileLines(std::move(paths), block_bytes, longest));
  bool known = true;
  for (const std::string& path : lines->paths_) {
    int descriptor = path == "-" ? dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status{};
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
      return failure(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    lines->descriptors_.push_back(descriptor);
    if (S_ISDIR(status.st_mode))
      return failure(fmt::format("{}: is a folder; name the files in it", path));
    known = known && S_ISREG(status.st_mode);
    lines->total_ += static_cast<uint64_t>(status.st_size);
  }
  if (!known) lines->total_ = 0;
  return lines;
}

FileLines::~FileLines() {
  for (int descriptor : descriptors_) close(descriptor);
}

// Reads behind the first `have` bytes of the text until it holds `size`, or the file ends; how many
// there are then.
Result<size_t> FileLines::fill(std::string& text, size_t have, size_t size) {
  if (text.size() < size + Block::slack) text.resize(size + Block::slack);
  while (have < size && !ended_) {
    ssize_t got = read(descriptors_[at_], text.data() + have, size - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(fmt::format("{}: {}", paths_[at_], std::strerror(errno)));
    have += static_cast<size_t>(got);
    ended_ = got == 0;
  }
  return have;
}

// Of the bytes that the block's text holds, those before `size` are its lines.
bool FileLines::give(Block& block, size_t size, size_t have) {
  rest_.assign(block.text, size, have - size);
  begin(block);
  block.size = size;
  line_ += breaks_in(std::string_view(block.text).substr(0, size));
  done_ += size;
  return true;
}

void FileLines::begin(Block& block) {
  block.size = 0;
  block.file = at_;
  block.line = line_;
  block.number = number_++;
  block.too_long = false;
}

// A line that is too long: all of it goes, wherever it ends.
Result<bool> FileLines::pass_over(Block& block, size_t have) {
  for (;;) {
    std::string_view read(block.text.data(), have);
    size_t size = std::min(read.find('\n'), have - 1) + 1;
    done_ += size;
    rest_ = read.substr(size);
    if (read[size - 1] == '\n') break;
    auto got = fill(block.text, 0, block_bytes_);
    if (!got) return std::unexpected(got.error());
    if (*got == 0) break;
    have = *got;
  }
  begin(block);
  block.too_long = true;
  ++line_;
  return true;
}

Result<bool> FileLines::next(Block& block) {
  while (at_ < paths_.size()) {
    size_t have = rest_.size(), wanted = std::max(have * 2, block_bytes_);
    if (block.text.size() < have) block.text.resize(have);
    std::ranges::copy(rest_, block.text.begin());
    for (;;) {
      auto got = fill(block.text, have, wanted);
      if (!got) return std::unexpected(got.error());
      have = *got;
      if (have == 0) break;
      size_t end = std::string_view(block.text.data(), have).rfind('\n');
      if (end != std::string_view::npos) return give(block, end + 1, have);
      if (have > longest_) return pass_over(block, have);
      if (ended_) return give(block, have, have);
      wanted = std::min(have * 2, longest_ + block_bytes_);
    }
    ++at_;
    ended_ = false;
    line_ = 1;
  }
  return false;
}

}  // namespace aipol::replay
