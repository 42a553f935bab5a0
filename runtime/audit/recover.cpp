#include "runtime/audit/recover.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/audit/line_reader.h"

namespace aipol::audit {

namespace {

// Where the last line break before `end` is, or nothing.
std::optional<int64_t> line_break_before(int descriptor, int64_t end) {
  char block[65'536];
  while (end > 0) {
    int64_t begin = std::max<int64_t>(0, end - static_cast<int64_t>(sizeof(block)));
    ssize_t size = ::pread(descriptor, block, static_cast<size_t>(end - begin), begin);
    if (size <= 0) return std::nullopt;
    std::string_view text(block, static_cast<size_t>(size));
    if (size_t at = text.rfind('\n'); at != text.npos) return begin + static_cast<int64_t>(at);
    end = begin;
  }
  return std::nullopt;
}

// The record in the line that begins there, if its hash is right.
std::optional<Link> record_at(int descriptor, int64_t begin) {
  LineReader reader = LineReader::of_file(descriptor, begin);
  std::string_view line;
  if (reader.next(line) != LineReader::Got::line) return std::nullopt;
  std::optional<Frame> frame = read_frame(line);
  if (!frame || Sha256()(frame->hashed) != frame->hash) return std::nullopt;
  return Link{frame->seq, frame->hash};
}

// Follows the chain from the anchor to the end of the lines; nothing where it breaks.
std::optional<Link> follow(int descriptor, const Head& head, int64_t size) {
  if (head.bytes > size) return std::nullopt;
  LineReader reader = LineReader::of_file(descriptor, head.bytes);
  Sha256 sha256;
  Link last = head.last;
  std::string_view line;
  while (head.bytes + reader.consumed() < size && reader.next(line) == LineReader::Got::line) {
    std::optional<Frame> frame = read_frame(line);
    if (!frame || frame->seq != last.seq + 1 || frame->prev != last.hash ||
        sha256(frame->hashed) != frame->hash)
      return std::nullopt;
    last = {frame->seq, frame->hash};
  }
  return head.bytes + reader.consumed() == size ? std::optional(last) : std::nullopt;
}

void go_on_from_head(Recovered& out, const Head& head, std::optional<Link> last_line) {
  out.last = head.last;
  out.missing = last_line && last_line->seq < head.last.seq ? head.last.seq - last_line->seq : 1;
  out.doubt = fmt::format(
      "the log does not end as its anchor says: {} of its records are missing or changed",
      out.missing);
}

}  // namespace

Result<Recovered> recover(int descriptor, const std::filesystem::path& path,
                          const std::optional<Head>& head) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0)
    return failure(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  Recovered out;
  std::optional<int64_t> last_break = line_break_before(descriptor, status.st_size);
  out.size = last_break ? *last_break + 1 : 0;
  out.cut_bytes = static_cast<uint64_t>(status.st_size - out.size);
  std::optional<Link> last_line;
  if (out.size > 0) {
    std::optional<int64_t> before = line_break_before(descriptor, out.size - 1);
    last_line = record_at(descriptor, before ? *before + 1 : 0);
  }
  if (!head) {
    if (status.st_size > 0 && !last_line && out.size > 0)
      return failure(fmt::format("{}: holds something else than audit records", path.string()));
    out.last = last_line.value_or(Link{});
    if (last_line) out.doubt = "the log has lost its anchor, the file .head";
    return out;
  }
  // An empty file was begun behind the anchor's record, or lost all of its records: the next one
  // tells by its number.
  if (out.size == 0) {
    out.last = head->last;
    return out;
  }
  std::optional<Link> followed = follow(descriptor, *head, out.size);
  bool anchored = followed && (followed->seq > head->last.seq || followed == last_line);
  anchored ? void(out.last = *followed) : go_on_from_head(out, *head, last_line);
  return out;
}

}  // namespace aipol::audit
