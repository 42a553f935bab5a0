#include "replay/logs/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace aipol::replay::logs {

namespace {

constexpr size_t packed_bytes = 128 << 10;  // read at once
constexpr std::string_view gzip_magic = "\x1f\x8b", zstd_magic = "\x28\xb5\x2f\xfd";

// As they lie in the file, the first bytes once more.
class Plain : public Input {
 public:
  Plain(int descriptor, bool owned, std::string name)
      : descriptor_(descriptor), owned_(owned), name_(std::move(name)) {}
  ~Plain() override {
    if (owned_) ::close(descriptor_);
  }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  // The first bytes, fewer where there are not as many.
  Result<std::string_view> peek(size_t size) {
    while (first_.size() < size) {
      char bytes[8];
      Result<size_t> got = fill(bytes, std::min(sizeof bytes, size - first_.size()));
      if (!got) return std::unexpected(got.error());
      if (*got == 0) break;
      first_.append(bytes, *got);
    }
    return first_;
  }

  Result<size_t> read(char* into, size_t size) override {
    if (first_.empty()) return fill(into, size);
    size_t count = std::min(size, first_.size());
    std::memcpy(into, first_.data(), count);
    first_.erase(0, count);
    return count;
  }

  const std::string& name() const { return name_; }
  uint64_t consumed() const override { return consumed_; }

 private:
  Result<size_t> fill(char* into, size_t size) {
    for (;;) {
      ssize_t got = ::read(descriptor_, into, size);
      if (got >= 0) {
        consumed_ += static_cast<uint64_t>(got);
        return static_cast<size_t>(got);
      }
      if (errno != EINTR) return failure(fmt::format("{}: {}", name_, std::strerror(errno)));
    }
  }

  int descriptor_;
  bool owned_;
  std::string name_;
  std::string first_;
  uint64_t consumed_ = 0;
};

// What both ways of packing share: packed bytes come from the file, and may not grow without bound.
class Packed : public Input {
 public:
  Packed(std::unique_ptr<Plain> file, std::string_view kind)
      : file_(std::move(file)), kind_(kind), packed_(packed_bytes) {}

  uint64_t consumed() const override { return read_; }

 protected:
  // More packed bytes where all are used; false at the end of the file.
  Result<bool> refill() {
    if (begin_ < end_) return true;
    Result<size_t> got = file_->read(packed_.data(), packed_.size());
    if (!got) return std::unexpected(got.error());
    begin_ = 0, end_ = *got, read_ += *got;
    return end_ > 0;
  }

  Result<size_t> grown(size_t bytes) {
    written_ += bytes;
    if (written_ > expansion_floor && written_ / expansion_limit > read_)
      return broken(fmt::format("grows to more than {} times its size", expansion_limit));
    return bytes;
  }

  std::unexpected<Error> broken(std::string_view what) const {
    return failure(fmt::format("{}: the {} data {}", file_->name(), kind_, what));
  }

  std::unique_ptr<Plain> file_;
  std::string_view kind_;
  std::vector<char> packed_;
  size_t begin_ = 0, end_ = 0;
  uint64_t read_ = 0, written_ = 0;
};

class Gzip : public Packed {
 public:
  explicit Gzip(std::unique_ptr<Plain> file) : Packed(std::move(file), "gzip") {
    constexpr int gzip_only = 16 + MAX_WBITS;
    ready_ = inflateInit2(&stream_, gzip_only) == Z_OK;
  }
  ~Gzip() override { inflateEnd(&stream_); }

  Result<size_t> read(char* into, size_t size) override {
    if (!ready_) return broken("cannot be read: no memory");
    for (;;) {
      Result<bool> more = refill();
      if (!more) return std::unexpected(more.error());
      if (!*more) return within_ ? Result<size_t>(broken("ends too early")) : Result<size_t>(0);
      within_ = true;
      stream_.next_in = reinterpret_cast<Bytef*>(packed_.data() + begin_);
      stream_.avail_in = static_cast<uInt>(end_ - begin_);
      stream_.next_out = reinterpret_cast<Bytef*>(into);
      stream_.avail_out = static_cast<uInt>(size);
      int status = inflate(&stream_, Z_NO_FLUSH);
      begin_ = end_ - stream_.avail_in;
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return broken("is damaged");
      if (status == Z_STREAM_END) within_ = false, inflateReset(&stream_);
      if (size_t made = size - stream_.avail_out) return grown(made);
    }
  }

 private:
  z_stream stream_{};
  bool ready_ = false, within_ = false;  // a member
};

class Zstd : public Packed {
 public:
  explicit Zstd(std::unique_ptr<Plain> file)
      : Packed(std::move(file), "zstd"), stream_(ZSTD_createDStream()) {}
  ~Zstd() override { ZSTD_freeDStream(stream_); }

  Result<size_t> read(char* into, size_t size) override {
    if (stream_ == nullptr) return broken("cannot be read: no memory");
    ZSTD_outBuffer out{into, size, 0};
    while (out.pos == 0) {
      // What does not fit into a full buffer waits in the stream, also behind the last packed byte.
      if (!waiting_) {
        Result<bool> more = refill();
        if (!more) return std::unexpected(more.error());
        if (!*more) return within_ ? Result<size_t>(broken("ends too early")) : Result<size_t>(0);
      }
      ZSTD_inBuffer in{packed_.data(), end_, begin_};
      size_t status = ZSTD_decompressStream(stream_, &out, &in);
      begin_ = in.pos;
      if (ZSTD_isError(status)) return broken("is damaged");
      within_ = status != 0;
      waiting_ = within_ && out.pos == out.size;
    }
    return grown(out.pos);
  }

 private:
  ZSTD_DStream* stream_;
  bool within_ = false, waiting_ = false;
};

Result<std::unique_ptr<Input>> unpacked(std::unique_ptr<Plain> file) {
  Result<std::string_view> first = file->peek(zstd_magic.size());
  if (!first) return std::unexpected(first.error());
  if (first->starts_with(gzip_magic)) return std::make_unique<Gzip>(std::move(file));
  if (*first == zstd_magic) return std::make_unique<Zstd>(std::move(file));
  return file;
}

}  // namespace

Result<std::unique_ptr<Input>> Input::open(const std::string& path) {
  if (path == "-") return of_descriptor(STDIN_FILENO, "standard input");
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failure(fmt::format("{}: {}", path, std::strerror(errno)));
  auto file = std::make_unique<Plain>(descriptor, true, path);
  struct stat state{};
  if (::fstat(descriptor, &state) == 0 && S_ISDIR(state.st_mode))
    return failure(fmt::format("{}: is a folder; name the files in it", path));
  return unpacked(std::move(file));
}

Result<std::unique_ptr<Input>> Input::of_descriptor(int descriptor, std::string name) {
  return unpacked(std::make_unique<Plain>(descriptor, false, std::move(name)));
}

}  // namespace aipol::replay::logs
