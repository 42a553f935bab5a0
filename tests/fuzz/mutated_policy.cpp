// Policy sets that are almost well: some words of a random one left out, said twice, put elsewhere or taken for others.
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/front_end.h"
#include "tests/support/random_policy.h"

using namespace aipol::testing;

namespace {

using Words = std::vector<std::string>;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Words, texts and signs, each with the space before it.
Words words_of(const std::string& text) {
  Words words;
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\';
      ++at;
    } else if (at < text.size() && is_word(text[at])) {
      while (at < text.size() && is_word(text[at])) ++at;
    } else {
      ++at;
    }
    words.push_back(text.substr(begin, at - begin));
  }
  return words;
}

// What no random policy holds, or seldom.
constexpr std::string_view others[] = {
    " principal", " target", " response", " usage", " model", " audit", " forwarded", " decision", " has", " not", " any x in",
    " count x in", " if true then", " else", " ??", " ..", " ..=", " in", " matches", " like", " {", " }", " (", ")", " [", " ]", ",", ":", ".",
    " f\"{", "\"", " $1", " 5m", " 80%", " 09:00", " 4xx", " -9223372036854775808", " when", " on", " limit", " route to", " redact response",
    " set header[\"x\"] =", " tag", " cache", " meter m = requests per 1m by principal.id", " sum(1)", " policy q {", " test \"t\" {",
    " send { path: \"/v1/models\" }", " expect", " given data d =", " data d from \"d.json\" : map<string, set<ip>>", " record R { a?: R }",
    " fn f(x: R) -> bool =", " const c: R = { a: c.a }", " extend principal {", " use std.pii", " pii", " granted(principal, model)", " @shadow",
    " invariant i { never", " pool p = [p]", " group g = [g]", " detector d { match r\"a+\" }", " prompt s (t: string) { model: \"m\", user: f\"{t}\" }"};

void mutate(Words& words, Choices& choices) {
  auto pick = [&] { return choices.below(static_cast<uint32_t>(words.size())) * 256 + choices.below(256); };
  size_t at = pick() % words.size(), from = pick() % words.size();
  auto place = words.begin() + static_cast<ptrdiff_t>(at);
  switch (choices.below(6)) {
    case 0: words.erase(place); break;
    case 1: words.insert(place, words[from]); break;
    case 2: std::swap(words[at], words[from]); break;
    case 3: words[at] = words[from]; break;
    case 4: words.insert(place, std::string(choices.of(std::span<const std::string_view>(others)))); break;
    default: words[at] = choices.of(std::span<const std::string_view>(others)); break;
  }
  if (words.empty()) words.emplace_back();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Choices choices(std::span(data, size));
  bool proofs = choices.one_in(16);
  uint32_t count = 1 + choices.below(4);
  std::vector<uint8_t> bytes(data, data + size / 2);
  Choices of_policy(std::span<const uint8_t>(bytes.data(), bytes.size()));
  Words words = words_of(random_policy(of_policy));
  Choices of_mutations(std::span(data + size / 2, size - size / 2));
  for (uint32_t i = 0; i < count; ++i) mutate(words, of_mutations);
  std::string text;
  for (const std::string& word : words) text += word;
  auto fault = find_front_end_fault(text, proofs);
  if (!fault) return 0;
  std::fprintf(stderr, "%s\n%s\n", fault->c_str(), text.c_str());
  std::abort();
}
