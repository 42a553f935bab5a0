#include "runtime/audit/verify.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "runtime/audit/log_files.h"

namespace aipol::audit {

namespace {

using What = Finding::What;
using Got = LineReader::Got;

class Verification {
 public:
  Verification(Lines lines, const std::optional<Head>& head, const VerifyOptions& options)
      : lines_(std::move(lines)), head_(head), options_(options) {}

  Verified run() {
    std::string_view line;
    Got got = Got::end;
    while (!out_.finding && (got = lines_.next(line)) != Got::end) {
      if (got == Got::torn) {
        torn_bytes_ = line.size();
        torn_at_ = lines_.line();
      } else if (got == Got::line) {
        look_at(line);
      } else {
        unreadable(got);
      }
    }
    if (!out_.finding) look_at_end();
    return std::move(out_);
  }

 private:
  void find(What what, std::string message) {
    out_.finding = Finding{what, lines_.file(), lines_.line(), std::move(message)};
  }

  void unreadable(Got got) {
    find(What::unreadable, got == Got::too_long
                               ? "the line is longer than any record"
                               : fmt::format("cannot be read: {}", std::strerror(errno)));
  }

  void look_at(std::string_view line) {
    if (torn_bytes_ > 0)
      return find(What::changed,
                  fmt::format("the record before this one, on line {}, is not whole", torn_at_));
    std::optional<Frame> frame = read_frame(line);
    if (!frame) return find(What::changed, "the line is no record as it was written");
    if (sha256_(frame->hashed) != frame->hash)
      return find(What::changed,
                  fmt::format("record {} was changed: its hash is another", frame->seq));
    if (begins_again(*frame)) last_ = Link{};
    if (!in_place(*frame)) return;
    accept(*frame);
  }

  bool begins_again(const Frame& frame) const {
    return options_.restarts && frame.seq == 1 && frame.prev == Link::zeros();
  }

  bool in_place(const Frame& frame) {
    if (!begun_ && frame.seq != last_.seq + 1) return begins_late(frame);
    if (frame.seq < last_.seq + 1) {
      find(What::reordered, fmt::format("record {} stands behind record {}", frame.seq, last_.seq));
    } else if (frame.seq > last_.seq + 1) {
      missing_before(frame);
    } else if (frame.prev != last_.hash) {
      find(What::changed,
           last_.seq == 0
               ? std::string("record 1 does not begin a chain")
               : fmt::format("record {} follows another record {} than the one that is here",
                             frame.seq, last_.seq));
    }
    return !out_.finding;
  }

  // Records at the beginning may be dropped: the anchor says how many were.
  bool begins_late(const Frame& frame) {
    if (head_ && frame.seq > head_->first) missing_before(frame, head_->first);
    return !out_.finding;
  }

  void missing_before(const Frame& frame) { missing_before(frame, last_.seq + 1); }
  void missing_before(const Frame& frame, uint64_t expected) {
    uint64_t seq = frame.seq;
    find(What::removed, "");
    if (stands_later(expected)) {
      out_.finding->what = What::reordered;
      out_.finding->message = fmt::format("record {} stands before record {}", seq, expected);
    } else {
      out_.finding->message = expected + 1 == seq
                                  ? fmt::format("record {} is missing", expected)
                                  : fmt::format("records {} to {} are missing", expected, seq - 1);
    }
  }

  bool stands_later(uint64_t seq) {
    std::string_view line;
    while (true) {
      Got got = lines_.next(line);
      if (got == Got::torn) continue;
      if (got != Got::line) return false;
      std::optional<Frame> frame = read_frame(line);
      if (frame && frame->seq == seq && sha256_(frame->hashed) == frame->hash) return true;
    }
  }

  void accept(const Frame& frame) {
    last_ = {frame.seq, frame.hash};
    out_.chains += begun_ && frame.seq != 1 ? 0 : 1;
    if (!begun_) out_.first = last_;
    begun_ = true;
    ++out_.records;
    out_.last = last_;
    held_ = held_ || (options_.holds && *options_.holds == frame.hash);
    if (!head_) return;
    if (frame.seq > head_->last.seq) ++out_.behind;
    if (frame.seq != head_->last.seq) return;
    out_.anchored = frame.hash == head_->last.hash;
    if (!out_.anchored)
      find(What::changed,
           fmt::format("record {} is another than the one whose hash was kept in the anchor",
                       frame.seq));
  }

  void look_at_end() {
    out_.torn_bytes = torn_bytes_;
    if (head_ && head_->last.seq == 0) out_.anchored = true;
    if (head_ && last_.seq < head_->last.seq) {
      uint64_t from = std::max(last_.seq + 1, begun_ ? 0 : head_->first);
      return find(What::cut,
                  fmt::format("records {} to {} are missing at the end", from, head_->last.seq));
    }
    if (head_ && !out_.anchored && out_.records > 0)
      return find(What::removed,
                  fmt::format("record {}, which the anchor names, is not here", head_->last.seq));
    if (options_.holds && !held_) find(What::removed, "no record has the hash that was asked for");
  }

  Lines lines_;
  const std::optional<Head>& head_;
  const VerifyOptions& options_;
  Sha256 sha256_;
  Verified out_;
  Link last_;
  bool begun_ = false, held_ = false;
  size_t torn_bytes_ = 0;
  uint64_t torn_at_ = 0;
};

}  // namespace

Verified verify(Lines lines, const std::optional<Head>& head, const VerifyOptions& options) {
  return Verification(std::move(lines), head, options).run();
}

Result<Verified> verify_log(const std::string& log, const VerifyOptions& options) {
  // Before the files: what is written meanwhile stands behind the anchor.
  Result<std::optional<Head>> head = read_head(head_of(log));
  if (!head) return std::unexpected(head.error());
  Result<LogFiles> files = LogFiles::open(log);
  if (!files && *head && (*head)->last.seq > 0 && !std::filesystem::exists(log)) {
    Lines none{[](std::string_view&) { return Got::end; }, [&] { return log; }, [] { return 0; }};
    return verify(std::move(none), *head, options);
  }
  if (!files) return std::unexpected(files.error());
  Lines lines{[&](std::string_view& line) { return files->next(line); },
              [&] { return files->file(); }, [&] { return files->line_number(); }};
  Verified verified = verify(std::move(lines), *head, options);
  verified.files = files->size();
  return verified;
}

}  // namespace aipol::audit
