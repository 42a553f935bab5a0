#include "tests/support/reference_tokens.h"

#include <algorithm>

#include "base/text.h"

namespace aipol::testing {

using tokens::ClassBits;
using tokens::Token;
namespace classes = tokens::classes;

namespace {

constexpr size_t npos = SIZE_MAX;
constexpr ClassBits any = 0xFF;
constexpr ClassBits leads = any & ~(classes::newline | classes::letter | classes::number);
constexpr ClassBits black = any & ~(classes::white | classes::letter | classes::number);
constexpr ClassBits uppers = classes::upper | classes::caseless | classes::mark;
constexpr ClassBits lowers = classes::lower | classes::caseless | classes::mark;

// How many characters a contraction has at the place, 0: there is none.
template <class Text>
size_t contraction(const Text& text, size_t at) {
  std::string folded;
  for (size_t i = at; i < text.size() && i < at + 3; ++i) {
    const char32_t c = text[i].code_point;
    folded += c == U'ſ' ? 's' : c < 0x80 ? static_cast<char>(std::tolower(int(c))) : '?';
  }
  for (std::string_view word : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
    if (folded.starts_with(word)) return word.size();
  return 0;
}

char32_t code_point_of(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return lead;
  char32_t value = lead & (0x7Fu >> bytes.size());
  for (char byte : bytes.substr(1)) value = value << 6 | (static_cast<unsigned char>(byte) & 0x3Fu);
  return value;
}

}  // namespace

bool ReferenceTokens::Item::takes(const Character& character) const {
  return (character.is & classes) != 0 || also.find(character.code_point) != also.npos;
}

std::vector<ReferenceTokens::Alternative> ReferenceTokens::cl100k() {
  using Kind = Item::Kind;
  return {{{.kind = Kind::contraction}},
          {{.classes = leads, .least = 0, .most = 1}, {.classes = classes::letter}},
          {{.classes = classes::number, .most = 3}},
          {{.also = U" ", .least = 0, .most = 1},
           {.classes = black},
           {.classes = classes::newline, .least = 0}},
          {{.classes = classes::white, .least = 0}, {.classes = classes::newline}},
          {{.classes = classes::white}, {.kind = Kind::no_black}},
          {{.classes = classes::white}}};
}

std::vector<ReferenceTokens::Alternative> ReferenceTokens::o200k() {
  using Kind = Item::Kind;
  auto out = cl100k();
  const Item lead{.classes = leads, .least = 0, .most = 1};
  const Item end{.kind = Kind::contraction, .least = 0};
  out[0] = {lead, {.classes = uppers, .least = 0}, {.classes = lowers}, end};
  out[1] = {lead, {.classes = uppers}, {.classes = lowers, .least = 0}, end};
  out[3][2].also = U"/";
  return out;
}

size_t ReferenceTokens::match(const Alternative& items, size_t item, const Text& text, size_t at) {
  if (item == items.size()) return at;
  const Item& first = items[item];
  if (first.kind == Item::Kind::no_black) {
    const bool ends = at == text.size() || (text[at].is & classes::white);
    return ends ? match(items, item + 1, text, at) : npos;
  }
  if (first.kind == Item::Kind::contraction) {
    const size_t taken = contraction(text, at);
    return taken >= first.least ? match(items, item + 1, text, at + taken) : npos;
  }
  size_t most = 0;
  while (most < first.most && at + most < text.size() && first.takes(text[at + most])) ++most;
  for (size_t taken = most + 1; taken-- > first.least;)
    if (const size_t end = match(items, item + 1, text, at + taken); end != npos) return end;
  return npos;
}

ReferenceTokens::ReferenceTokens(const tokens::Tokenizer& tokenizer)
    : vocabulary_(tokenizer.vocabulary()),
      alternatives_(tokenizer.pattern() == tokens::Pattern::o200k ? o200k() : cl100k()) {
  for (Token token = 0; token < vocabulary_.count; ++token)
    ranks_.emplace(tokenizer.bytes_of(token), token);
}

ReferenceTokens::Text ReferenceTokens::read(std::string_view text) const {
  Text out;
  while (!text.empty()) {
    const std::string_view bytes = text.substr(0, code_point_bytes(text));
    const char32_t code_point = code_point_of(bytes);
    out.push_back({code_point, vocabulary_.classes.of(code_point), std::string(bytes)});
    text.remove_prefix(bytes.size());
  }
  return out;
}

void ReferenceTokens::merge(const std::string& piece, std::vector<Token>& out) const {
  if (const auto whole = ranks_.find(piece); whole != ranks_.end())
    return out.push_back(whole->second);
  std::vector<std::string> parts;
  for (char byte : piece) parts.emplace_back(1, byte);
  const auto rank = [&](size_t i) {
    const auto pair = i + 1 < parts.size() ? ranks_.find(parts[i] + parts[i + 1]) : ranks_.end();
    return pair == ranks_.end() ? tokens::no_token : pair->second;
  };
  std::vector<Token> pairs;  // the rank of each part with the next
  for (size_t i = 0; i < parts.size(); ++i) pairs.push_back(rank(i));
  for (;;) {
    const auto least = std::ranges::min_element(pairs);
    if (*least == tokens::no_token) break;
    const auto at = least - pairs.begin();
    parts[size_t(at)] += parts[size_t(at) + 1];
    parts.erase(parts.begin() + at + 1);
    pairs.erase(pairs.begin() + at + 1);
    pairs[size_t(at)] = rank(size_t(at));
    if (at > 0) pairs[size_t(at) - 1] = rank(size_t(at) - 1);
  }
  for (const std::string& part : parts) out.push_back(ranks_.find(part)->second);
}

std::vector<Token> ReferenceTokens::encode(std::string_view bytes) const {
  const Text text = read(bytes);
  std::vector<Token> out;
  for (size_t at = 0; at < text.size();) {
    size_t end = npos;
    for (const Alternative& items : alternatives_)
      if (end = match(items, 0, text, at); end != npos) break;
    std::string piece;
    for (; at < end; ++at) piece += text[at].bytes;
    merge(piece, out);
  }
  return out;
}

}  // namespace aipol::testing
