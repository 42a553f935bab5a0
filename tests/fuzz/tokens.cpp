// Any bytes: encoded as by plain merging, counted the same, and counted the same in pieces.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/valid_utf8.h"
#include "runtime/tokens/counter.h"
#include "runtime/tokens/data_folder.h"
#include "tests/support/reference_tokens.h"

namespace {

using namespace aipol;

struct Encoding {
  explicit Encoding(const std::string& name)
      : tokenizer(tokens::Tokenizer::load(name, tokens::data_folder(name + ".tokens")).value()),
        reference(*tokenizer) {}
  std::shared_ptr<const tokens::Tokenizer> tokenizer;
  testing::ReferenceTokens reference;
};

void check(const Encoding& encoding, std::string_view bytes, size_t seed) {
  std::string valid;
  append_valid_utf8(valid, bytes);
  const auto expected = encoding.reference.encode(valid);
  if (encoding.tokenizer->encode(bytes) != expected) std::abort();
  if (encoding.tokenizer->count(bytes) != expected.size()) std::abort();
  tokens::Counter counter(encoding.tokenizer);
  for (size_t at = 0; at < bytes.size();) {
    const size_t piece = 1 + (seed = seed * 6364136223846793005 + 1442695040888963407) % 61;
    counter.push(bytes.substr(at, piece));
    at += piece;
    (void)counter.about();
  }
  if (counter.tokens() != expected.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Encoding encodings[] = {Encoding("o200k"), Encoding("cl100k")};
  if (size < 1 || size > 2000) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(encodings[data[0] & 1], bytes.substr(1), data[0]);
  return 0;
}
