#include "runtime/tokens/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/valid_utf8.h"
#include "runtime/tokens/merge.h"
#include "runtime/tokens/piece_cache.h"
#include "runtime/tokens/pieces.h"

namespace aipol::tokens {

namespace {

constexpr std::array<std::string_view, 2> names = {"o200k", "cl100k"};

// Calls use(piece) for each piece of a text (valid UTF-8).
template <class Pieces, class Use>
void each_piece(const Vocabulary& vocabulary, std::string_view text, Use use) {
  Reader<false> reader(vocabulary.classes, text);
  for (const char* at = text.data(); at != reader.end();) {
    const char* end = Pieces::end(reader, at);
    use(std::string_view(at, end));
    at = end;
  }
}

PieceCache& cache_of_thread() {
  thread_local std::unique_ptr<PieceCache> cache;
  if (!cache) cache = std::make_unique<PieceCache>();
  return *cache;
}

// Counts pieces of a text that ends at `end`.
class Count {
 public:
  Count(const Vocabulary& vocabulary, Pattern pattern, const char* end)
      : vocabulary_(vocabulary),
        number_(pattern == Pattern::o200k ? 1 : 0),
        end_(end),
        cache_(cache_of_thread()) {}

  size_t operator()(std::string_view piece) const {
    if (piece.size() > PieceCache::longest) return merge(vocabulary_, piece, nullptr);
    const PieceCache::Key key = PieceCache::key(piece, end_, number_);
    if (const size_t known = cache_.find(key)) return known;
    const size_t count = merge(vocabulary_, piece, nullptr);
    cache_.put(key, count);
    return count;
  }

 private:
  const Vocabulary& vocabulary_;
  unsigned number_;
  const char* end_;
  PieceCache& cache_;
};

template <class Pieces>
Tokenizer::Settled settled(const Vocabulary& vocabulary, Pattern pattern, std::string_view text) {
  Tokenizer::Settled sum;
  const Count count(vocabulary, pattern, text.data() + text.size());
  Reader<true> reader(vocabulary.classes, text);
  for (const char* at = text.data(); at != reader.end();) {
    const char* end = Pieces::end(reader, at);
    if (reader.saw_end()) break;
    sum.bytes += static_cast<size_t>(end - at);
    sum.tokens += count({at, end});
    at = end;
  }
  return sum;
}

// Calls use(text) with the text as valid UTF-8.
template <class Use>
void with_valid(std::string_view text, Use use) {
  if (!first_invalid_utf8(text)) return use(text);
  std::string valid;
  append_valid_utf8(valid, text);
  use(valid);
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> Tokenizer::load(std::string_view name,
                                                         const std::filesystem::path& folder) {
  if (std::ranges::find(names, name) == names.end())
    return failure(fmt::format("there is no tokenizer `{}`; there are o200k and cl100k", name));
  Result<TokensFile> file = TokensFile::open(folder / fmt::format("{}.tokens", name));
  if (!file) return std::unexpected(std::move(file.error()));
  return std::shared_ptr<const Tokenizer>(new Tokenizer(std::move(*file)));
}

size_t Tokenizer::count(std::string_view text) const {
  size_t tokens = 0;
  with_valid(text, [&](std::string_view valid) {
    const Count count(vocabulary_, pattern_, valid.data() + valid.size());
    const auto add = [&](std::string_view piece) { tokens += count(piece); };
    if (pattern_ == Pattern::o200k)
      each_piece<O200kPieces>(vocabulary_, valid, add);
    else
      each_piece<Cl100kPieces>(vocabulary_, valid, add);
  });
  return tokens;
}

std::vector<Token> Tokenizer::encode(std::string_view text) const {
  std::vector<Token> tokens;
  const auto add = [&](std::string_view piece) { merge(vocabulary_, piece, &tokens); };
  with_valid(text, [&](std::string_view valid) {
    if (pattern_ == Pattern::o200k)
      each_piece<O200kPieces>(vocabulary_, valid, add);
    else
      each_piece<Cl100kPieces>(vocabulary_, valid, add);
  });
  return tokens;
}

std::string Tokenizer::bytes_of(Token token) const {
  std::string bytes;
  std::vector<Token> rest = {token};
  while (!rest.empty()) {
    const Token next = rest.back();
    rest.pop_back();
    const TokenRow& row = vocabulary_.rows[next];
    if (row.bytes > 1) {
      rest.push_back(row.right);
      rest.push_back(row.left);
    } else {
      const Token* byte = std::find(vocabulary_.bytes, vocabulary_.bytes + 256, next);
      bytes += static_cast<char>(byte - vocabulary_.bytes);
    }
  }
  return bytes;
}

Tokenizer::Settled Tokenizer::count_settled(std::string_view text) const {
  return pattern_ == Pattern::o200k ? settled<O200kPieces>(vocabulary_, pattern_, text)
                                    : settled<Cl100kPieces>(vocabulary_, pattern_, text);
}

}  // namespace aipol::tokens
