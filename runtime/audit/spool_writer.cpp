#include "runtime/audit/spool_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/clock.h"
#include "runtime/audit/line_reader.h"
#include "runtime/audit/notices.h"

namespace aipol::audit {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view suffix = ".jsonl", unfinished = ".new";
constexpr mode_t for_owner = S_IRUSR | S_IWUSR;

std::string failed(const std::filesystem::path& path, const char* doing) {
  return fmt::format("{}: {}: {}", path.string(), doing, std::strerror(errno));
}

Result<void> write_whole(const std::filesystem::path& path, std::string_view text, bool forced) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, for_owner));
  if (!file) return failure(failed(path, "cannot be opened"));
  while (!text.empty()) {
    ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(failed(path, "cannot be written"));
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (forced && ::fdatasync(file.number()) != 0)
    return failure(failed(path, "cannot be forced to the disk"));
  return {};
}

Result<std::string> read_whole(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file || ::fstat(file.number(), &status) != 0) return failure(failed(path, "cannot be read"));
  std::string text(static_cast<size_t>(status.st_size), '\0');
  size_t size = 0;
  while (size < text.size()) {
    ssize_t got = ::read(file.number(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failure(failed(path, "cannot be read"));
    size += static_cast<size_t>(got);
  }
  return text;
}

// The last record of a batch.
std::optional<Link> last_of(std::string_view lines) {
  if (lines.ends_with('\n')) lines.remove_suffix(1);
  std::optional<Frame> frame = read_frame(lines.substr(lines.rfind('\n') + 1));
  return frame ? std::optional(Link{frame->seq, frame->hash}) : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<SpoolWriter>> SpoolWriter::open(const std::filesystem::path& folder,
                                                       Delivery delivery, Backoff backoff,
                                                       uint64_t most_bytes) {
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return failure(failed(folder, "cannot be made"));
  std::filesystem::path head_path = folder / "head";
  Result<HeadFile> head_file = HeadFile::open(head_path);
  if (!head_file) return std::unexpected(head_file.error());
  Result<std::optional<Head>> head = read_head(head_path);
  if (!head) return std::unexpected(head.error());
  std::unique_ptr<SpoolWriter> writer(
      new SpoolWriter(folder, std::move(delivery), backoff, std::move(*head_file), most_bytes));
  writer->find_files();
  if (Result<void> done = writer->recover(*head); !done) return std::unexpected(done.error());
  return writer;
}

void SpoolWriter::find_files() {
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error)) {
    std::string name = at->path().filename().string();
    if (name.ends_with(unfinished)) ::unlink(at->path().c_str());
    uint64_t number = 0;
    auto [rest, wrong] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (wrong != std::errc() || std::string_view(rest) != suffix) continue;
    files_.push_back({number, at->file_size(error)});
    bytes_ += files_.back().bytes;
  }
  std::ranges::sort(files_, {}, &File::number);
  if (!files_.empty()) next_ = files_.back().number + 1;
}

// The head is written after a batch, so that the last batch may be ahead of it.
Result<void> SpoolWriter::recover(const std::optional<Head>& head) {
  if (head) head_ = *head;
  if (files_.empty()) return {};
  Result<std::string> text = read_whole(path_of(files_.back().number));
  if (!text) return std::unexpected(text.error());
  std::optional<Link> last = last_of(*text);
  if (!last) {
    missing_ = 1;
  } else if (last->seq > head_.last.seq) {
    head_.last = *last;
  }
  return {};
}

std::string SpoolWriter::first_record() {
  return missing_ == 0 ? std::string() : resumed_record(SystemClock().now(), 0, missing_);
}

void SpoolWriter::adopt(const plan::Sink& settings) { forced_ = settings.fsync == "always"; }

std::filesystem::path SpoolWriter::path_of(uint64_t number) const {
  return folder_ / fmt::format("{:012}{}", number, suffix);
}

Result<void> SpoolWriter::write(std::string_view& lines) {
  while (!lines.empty()) {
    if (bytes_ > 0 && bytes_ + lines.size() > most_bytes_) {
      if (due() != Milliseconds(0)) return failure("its spool is full");
      if (Result<void> sent = work(); !sent) return sent;
      continue;
    }
    size_t size = lines.size() <= Delivery::most_bytes
                      ? lines.size()
                      : std::max(lines.rfind('\n', Delivery::most_bytes) + 1, lines.find('\n') + 1);
    std::string_view batch = lines.substr(0, size);
    std::filesystem::path path = path_of(next_), part = path.string() + std::string(unfinished);
    Result<void> written = write_whole(part, batch, forced_);
    if (!written) return written;
    if (::rename(part.c_str(), path.c_str()) != 0) return failure(failed(path, "cannot be made"));
    if (std::optional<Link> last = last_of(batch)) head_.last = *last;
    files_.push_back({next_++, batch.size()});
    bytes_ += batch.size();
    lines.remove_prefix(size);
    if (Result<void> done = head_file_.write(head_, false); !done) return done;
  }
  return {};
}

std::optional<Milliseconds> SpoolWriter::due() const {
  if (files_.empty()) return std::nullopt;
  auto left = std::chrono::ceil<Milliseconds>(retry_at_ - Clock::now());
  return std::max(left, Milliseconds(0));
}

void SpoolWriter::forget_oldest() {
  ::unlink(path_of(files_.front().number).c_str());
  bytes_ -= files_.front().bytes;
  files_.pop_front();
}

Result<void> SpoolWriter::send_oldest() {
  Result<std::string> text = read_whole(path_of(files_.front().number));
  if (!text) return std::unexpected(text.error());
  std::string_view lines = *text;
  if (!lines.ends_with('\n')) lines = lines.substr(0, lines.rfind('\n') + 1);
  if (Result<void> sent = delivery_.send(lines); !sent) return sent;
  forget_oldest();
  return {};
}

Result<void> SpoolWriter::work() {
  if (due() != Milliseconds(0)) return {};
  Result<void> sent = send_oldest();
  if (sent)
    backoff_.reset();
  else
    retry_at_ = Clock::now() + backoff_.next(delivery_.asked_delay());
  return sent;
}

Result<void> SpoolWriter::finish() { return head_file_.write(head_, true); }

}  // namespace aipol::audit
