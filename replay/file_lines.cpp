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

// Reads until so many bytes wait, or the file ends; how many wait then.
Result<size_t> FileLines::fill(size_t size) {
  while (waiting_.size() < size && !ended_) {
    size_t before = waiting_.size();
    waiting_.resize(size);
    ssize_t got = read(descriptors_[at_], waiting_.data() + before, size - before);
    waiting_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(fmt::format("{}: {}", paths_[at_], std::strerror(errno)));
    ended_ = got == 0;
  }
  return waiting_.size();
}

bool FileLines::give(Block& block, size_t size) {
  block.text.assign(waiting_, 0, size);
  block.text.append(Block::slack, '\0');
  block.size = size;
  block.file = at_;
  block.line = line_;
  block.number = number_++;
  block.too_long = false;
  line_ += static_cast<uint64_t>(
      std::count(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(size), '\n'));
  waiting_.erase(0, size);
  done_ += size;
  return true;
}

// A line that is too long: all of it goes, wherever it ends.
Result<bool> FileLines::pass_over(Block& block) {
  for (;;) {
    size_t end = waiting_.find('\n');
    if (end != waiting_.npos || ended_) {
      size_t size = end == waiting_.npos ? waiting_.size() : end + 1;
      done_ += size;
      waiting_.erase(0, size);
      break;
    }
    done_ += waiting_.size();
    waiting_.clear();
    if (auto got = fill(block_bytes_); !got) return std::unexpected(got.error());
  }
  block = {};
  block.file = at_;
  block.line = line_++;
  block.number = number_++;
  block.too_long = true;
  return true;
}

Result<bool> FileLines::next(Block& block) {
  size_t wanted = block_bytes_;
  while (at_ < paths_.size()) {
    auto got = fill(wanted);
    if (!got) return std::unexpected(got.error());
    if (*got == 0) {
      ++at_;
      ended_ = false;
      line_ = 1;
      continue;
    }
    if (size_t end = waiting_.rfind('\n'); end != waiting_.npos) return give(block, end + 1);
    if (waiting_.size() > longest_) return pass_over(block);
    if (ended_) return give(block, waiting_.size());
    wanted = std::min(waiting_.size() * 2, longest_ + block_bytes_);
  }
  return false;
}

}  // namespace aipol::replay
