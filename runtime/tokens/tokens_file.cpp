#include "runtime/tokens/tokens_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

namespace aipol::tokens {

namespace {

// data/tokens/tokens_file.mjs
constexpr uint32_t version = 1;
constexpr size_t section_count = 7;
struct Section {
  uint32_t offset, bytes;
};
struct Header {
  char magic[8];
  uint32_t version, kind, bytes, checksum, pairs_bits, unused;
  Section sections[section_count];  // in the order of `vocabulary`
  uint32_t rest[10];
};
static_assert(sizeof(Header) == 128 && std::endian::native == std::endian::little);

constexpr size_t lanes = 8;

uint32_t step(uint32_t sum, uint32_t word) { return (sum ^ word) * 0x0100'0193; }

// Eight sums side by side, each FNV-1a over every eighth word; the word of the checksum counts as
// 0.
uint32_t checksum_of(const uint32_t* words, size_t count) {
  constexpr uint32_t start = 0x811C'9DC5;
  constexpr size_t own = offsetof(Header, checksum) / sizeof(uint32_t);
  std::array<uint32_t, lanes> sums;
  sums.fill(start);
  for (size_t i = 0; i < count; i += lanes)
    for (size_t lane = 0; lane < lanes; ++lane)
      sums[lane] = step(sums[lane], i + lane == own ? 0 : words[i + lane]);
  uint32_t sum = start;
  for (uint32_t lane : sums) sum = step(sum, lane);
  return sum;
}

std::unexpected<Error> damaged(const std::filesystem::path& path, std::string_view what) {
  return failure(fmt::format("{}: {}; `./dev setup`, or installing again, writes it anew",
                             path.string(), what));
}

const Header& header_of(const void* data) { return *static_cast<const Header*>(data); }

}  // namespace

Result<TokensFile> TokensFile::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return damaged(path, errno == ENOENT ? "is missing" : std::strerror(errno));
  struct stat status{};
  const bool known = fstat(file, &status) == 0 && status.st_size >= off_t{sizeof(Header)};
  const auto bytes = known ? static_cast<size_t>(status.st_size) : 0;
  void* data = known ? mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
  const int error = known ? errno : 0;
  close(file);
  if (data == MAP_FAILED)
    return damaged(path, known ? std::strerror(error) : "is no file of tokens");
  TokensFile mapped(data, bytes);
  if (Result<void> checked = mapped.check(path); !checked)
    return std::unexpected(std::move(checked.error()));
  return mapped;
}

Result<void> TokensFile::check(const std::filesystem::path& path) const {
  const Header& header = header_of(data_);
  if (std::memcmp(header.magic, "aipoltok", sizeof header.magic) != 0)
    return damaged(path, "is no file of tokens");
  if (header.version != version) return damaged(path, "was made for another version of aipol");
  constexpr size_t line = lanes * sizeof(uint32_t);
  if (header.bytes != bytes_ || bytes_ % line != 0 ||
      checksum_of(static_cast<const uint32_t*>(data_), bytes_ / sizeof(uint32_t)) !=
          header.checksum)
    return damaged(path, "is damaged");
  return {};
}

TokensFile::TokensFile(TokensFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(other.bytes_) {}

TokensFile::~TokensFile() {
  if (data_ != nullptr) munmap(const_cast<void*>(data_), bytes_);
}

Pattern TokensFile::pattern() const { return static_cast<Pattern>(header_of(data_).kind); }

template <class T>
const T* TokensFile::section(int number) const {
  const char* begin = static_cast<const char*>(data_) + header_of(data_).sections[number].offset;
  return reinterpret_cast<const T*>(begin);
}

size_t TokensFile::section_bytes(int number) const {
  return header_of(data_).sections[number].bytes;
}

Vocabulary TokensFile::vocabulary() const {
  const auto pairs_bits = static_cast<int>(header_of(data_).pairs_bits);
  return {.trie = section<TrieUnit>(0),
          .rows = section<TokenRow>(1),
          .pairs = section<uint64_t>(2),
          .floors = section<uint16_t>(3),
          .bytes = section<Token>(4),
          .classes = {section<uint16_t>(5), section<ClassBits>(6)},
          .pairs_shift = 64 - pairs_bits,
          .pairs_mask = (size_t{1} << pairs_bits) - 1,
          .count = section_bytes(1) / sizeof(TokenRow)};
}

}  // namespace aipol::tokens
