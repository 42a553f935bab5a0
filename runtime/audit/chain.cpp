#include "runtime/audit/chain.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/check.h"
#include "base/json_text.h"

namespace aipol::audit {

namespace {

constexpr std::string_view seq_member = "{\"seq\":", prev_member = ",\"prev\":\"",
                           hash_member = ",\"hash\":\"", end = "\"}";

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool take_seq(std::string_view& text, uint64_t& seq) {
  if (text.empty() || text[0] < '1' || text[0] > '9') return false;
  auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), seq);
  if (error != std::errc() || seq > uint64_t{1} << 62) return false;
  text.remove_prefix(static_cast<size_t>(at - text.data()));
  return true;
}

}  // namespace

std::optional<Hash> parse_hash(std::string_view text) {
  auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != hash_digits || !std::ranges::all_of(text, digit)) return std::nullopt;
  Hash hash;
  std::ranges::copy(text, hash.begin());
  return hash;
}

struct Sha256::Context {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* state = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  ~Context() {
    EVP_MD_CTX_free(state);
    EVP_MD_free(algorithm);
  }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  AIPOL_CHECK(context_->algorithm != nullptr && context_->state != nullptr, "SHA-256 is there");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;

Hash Sha256::operator()(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  unsigned char raw[hash_digits / 2];
  bool done = EVP_DigestInit_ex2(context_->state, context_->algorithm, nullptr) == 1 &&
              EVP_DigestUpdate(context_->state, bytes.data(), bytes.size()) == 1 &&
              EVP_DigestFinal_ex(context_->state, raw, nullptr) == 1;
  AIPOL_CHECK(done, "SHA-256 can be computed");
  Hash hash;
  for (size_t i = 0; i < sizeof(raw); ++i) {
    hash[2 * i] = digits[raw[i] >> 4];
    hash[2 * i + 1] = digits[raw[i] & 15];
  }
  return hash;
}

void Chain::append(std::string& out, std::string_view record) {
  AIPOL_CHECK(record.size() > 2 && record.starts_with('{') && record.ends_with('}'),
              "a record is an object with members");
  size_t begin = out.size();
  ++last_.seq;
  out += seq_member;
  append_json_number(out, static_cast<int64_t>(last_.seq));
  out += prev_member;
  out += text_of(last_.hash);
  out += "\",";
  out += record.substr(1, record.size() - 2);
  last_.hash = sha256_(std::string_view(out).substr(begin));
  out += hash_member;
  out += text_of(last_.hash);
  out += end;
  out += '\n';
}

std::optional<Frame> read_frame(std::string_view line) {
  constexpr size_t tail = hash_member.size() + hash_digits + end.size();
  Frame frame;
  if (line.size() < tail || !line.ends_with(end)) return std::nullopt;
  frame.hashed = line.substr(0, line.size() - tail);
  std::string_view rest = line.substr(line.size() - tail);
  if (!take(rest, hash_member)) return std::nullopt;
  std::optional<Hash> hash = parse_hash(rest.substr(0, hash_digits));
  rest = frame.hashed;
  if (!hash || !take(rest, seq_member) || !take_seq(rest, frame.seq) || !take(rest, prev_member))
    return std::nullopt;
  std::optional<Hash> prev = parse_hash(rest.substr(0, hash_digits));
  if (!prev) return std::nullopt;
  rest.remove_prefix(hash_digits);
  if (!rest.starts_with("\",")) return std::nullopt;
  frame.prev = *prev;
  frame.hash = *hash;
  return frame;
}

}  // namespace aipol::audit
