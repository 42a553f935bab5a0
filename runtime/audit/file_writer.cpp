#include "runtime/audit/file_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/clock.h"
#include "runtime/audit/notices.h"

namespace aipol::audit {

namespace {

constexpr Milliseconds force_interval{1000};

// Renames are on the disk once their folder is. Where that fails the file system does not know it.
void force_folder(const std::filesystem::path& path) {
  std::filesystem::path folder = path.parent_path().empty() ? "." : path.parent_path();
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened) ::fsync(opened.number());
}

bool same_file(int descriptor, const std::filesystem::path& path) {
  struct stat open_one{}, named{};
  return ::fstat(descriptor, &open_one) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

}  // namespace

Result<std::unique_ptr<FileWriter>> FileWriter::open(const std::filesystem::path& path,
                                                     const plan::Sink& settings,
                                                     std::string& doubt) {
  Result<HeadFile> head_file = HeadFile::open(head_of(path));
  if (!head_file) return std::unexpected(head_file.error());
  Result<std::optional<Head>> head = read_head(head_of(path));
  if (!head) return std::unexpected(head.error());
  std::unique_ptr<FileWriter> writer(new FileWriter(path, std::move(*head_file)));
  writer->adopt(settings);
  Result<Recovered> recovered = writer->open_file(*head);
  if (!recovered) return std::unexpected(recovered.error());
  writer->recovered_ = std::move(*recovered);
  writer->head_ = {writer->recovered_.last, *head ? (*head)->first : 1, writer->size_};
  doubt = writer->recovered_.doubt;
  // From the first record on there is an anchor.
  if (!*head && writer->size_ == 0) {
    if (Result<void> done = writer->anchor(); !done) return std::unexpected(done.error());
  }
  return writer;
}

std::string FileWriter::failed(const char* doing) const {
  return fmt::format("{}: {}: {}", path_.string(), doing, std::strerror(errno));
}

// Opens what lies under the path, and cuts off what is no whole line.
Result<Recovered> FileWriter::open_file(const std::optional<Head>& head) {
  Descriptor file(
      ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return failure(failed("cannot be opened"));
  Result<Recovered> found = recover(file.number(), path_, head);
  if (!found) return found;
  if (found->cut_bytes > 0 && ::ftruncate(file.number(), found->size) != 0)
    return failure(failed("cannot be cut"));
  file_ = std::move(file);
  size_ = found->size;
  return found;
}

std::string FileWriter::first_record() {
  if (recovered_.cut_bytes == 0 && recovered_.doubt.empty()) return {};
  return resumed_record(SystemClock().now(), recovered_.cut_bytes, recovered_.missing);
}

void FileWriter::adopt(const plan::Sink& settings) {
  rotate_bytes_ = settings.rotate_bytes;
  keep_ = settings.keep;
  force_ = settings.fsync == "always"  ? Force::always
           : settings.fsync == "never" ? Force::never
                                       : Force::second;
}

// How many bytes of whole lines the file still takes: none where it is full.
size_t FileWriter::fitting(std::string_view lines) const {
  int64_t room = rotate_bytes_ - size_;
  if (rotate_bytes_ <= 0 || static_cast<int64_t>(lines.size()) <= room) return lines.size();
  size_t last = room <= 0 ? lines.npos : lines.rfind('\n', static_cast<size_t>(room) - 1);
  if (last != lines.npos) return last + 1;
  return size_ == 0 ? lines.find('\n') + 1 : 0;
}

void FileWriter::note_written(std::string_view bytes) {
  size_ += static_cast<int64_t>(bytes.size());
  size_t end = bytes.rfind('\n');
  if (end != bytes.npos) {
    size_t before = end == 0 ? bytes.npos : bytes.rfind('\n', end - 1);
    std::string line(bytes.substr(before + 1, end - before - 1));
    if (before == bytes.npos) line.insert(0, torn_line_);
    if (std::optional<Frame> frame = read_frame(line)) head_.last = {frame->seq, frame->hash};
    head_.bytes = size_ - static_cast<int64_t>(bytes.size() - end - 1);
    torn_line_.clear();
    bytes.remove_prefix(end + 1);
  }
  torn_line_ += bytes;
}

Result<void> FileWriter::write(std::string_view& lines) {
  while (!lines.empty()) {
    bool whole = torn_line_.empty();
    if (whole && reopen_) {
      if (Result<void> done = reopen(); !done) return done;
    }
    size_t size = whole ? fitting(lines) : lines.find('\n') + 1;
    if (!file_ || size == 0) {
      if (Result<void> done = put_aside(); !done) return done;
      continue;
    }
    ssize_t written = ::write(file_.number(), lines.data(), size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(failed("cannot be written"));
    note_written(lines.substr(0, static_cast<size_t>(written)));
    lines.remove_prefix(static_cast<size_t>(written));
    if (!unforced_) unforced_since_ = std::chrono::steady_clock::now();
    unforced_ = true;
  }
  if (force_ == Force::second) return {};
  return force_ == Force::always ? force() : anchor();
}

Result<void> FileWriter::anchor() { return head_file_.write(head_, false); }

// What is written is on the disk, and the anchor says so.
Result<void> FileWriter::force() {
  if (file_ && force_ != Force::never && ::fdatasync(file_.number()) != 0)
    return failure(failed("cannot be forced to the disk"));
  unforced_ = false;
  return anchor();
}

Result<void> FileWriter::work() { return due() == Milliseconds(0) ? force() : Result<void>(); }

std::optional<Milliseconds> FileWriter::due() const {
  if (!unforced_ || force_ != Force::second) return std::nullopt;
  auto passed =
      std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - unforced_since_);
  return std::max(force_interval - passed, Milliseconds(0));
}

// The file gets the next number, and a new one is begun. Where that fails it is gone on with here.
Result<void> FileWriter::put_aside() {
  if (file_) {
    if (Result<void> done = force(); !done) return done;
    std::vector<Part> parts = parts_of(path_);
    uint64_t number = parts.empty() ? 1 : parts.back().number + 1;
    if (::rename(path_.c_str(), part_path(path_, number).c_str()) != 0)
      return failure(failed("cannot be put aside"));
    file_.close();
  }
  Head before = head_;
  before.bytes = 0;
  if (Result<Recovered> opened = open_file(before); !opened) return std::unexpected(opened.error());
  head_.bytes = size_;
  drop_old();
  force_folder(path_);
  return anchor();
}

void FileWriter::drop_old() {
  std::vector<Part> parts = parts_of(path_);
  size_t kept = keep_ <= 0 ? parts.size() : static_cast<size_t>(keep_);
  if (parts.size() <= kept) return;
  // The anchor goes first: what it does not count on may be there.
  uint64_t first = first_seq(parts[parts.size() - kept].path);
  if (first <= head_.first) return;
  head_.first = first;
  if (!anchor()) return;
  for (size_t i = 0; i < parts.size() - kept; ++i) {
    std::error_code ignored;
    std::filesystem::remove(parts[i].path, ignored);
  }
}

Result<void> FileWriter::reopen() {
  reopen_ = !torn_line_.empty();
  if (reopen_ || !file_ || same_file(file_.number(), path_)) return {};
  if (Result<void> done = force(); !done) return done;
  Head before = head_;
  before.bytes = 0;
  if (Result<Recovered> opened = open_file(before); !opened) return std::unexpected(opened.error());
  head_.bytes = size_;
  return anchor();
}

Result<void> FileWriter::finish() {
  if (Result<void> done = force(); !done) return done;
  return head_file_.write(head_, force_ != Force::never);
}

}  // namespace aipol::audit
