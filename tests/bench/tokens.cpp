// How fast tokens are counted, over kinds of text, and at what the worst texts cost:
//   bench_tokens [FOLDER]     writes the texts to the folder, for tests/bench/tokens.mjs
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/tokens/counter.h"
#include "runtime/tokens/data_folder.h"
#include "tests/support/timing.h"

using namespace aipol;
using tokens::Tokenizer;

namespace {

struct Text {
  std::string name, text;
};

std::string files(const std::filesystem::path& folder, std::string_view ending) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ending) continue;
    all += (std::ostringstream() << std::ifstream(entry.path()).rdbuf()).str();
  }
  return all;
}

// Words of one to three characters of everyday use, and punctuation.
std::string chinese(size_t bytes) {
  constexpr std::string_view words[] = {
      "我们", "今天", "的",   "在",   "中国", "人工智能", "模型", "可以", "使用", "问题",
      "是",   "了",   "和",   "因为", "所以", "数据",     "安全", "公司", "工作", "时间",
      "，",   "。",   "请",   "帮",   "我",   "写",       "一个", "关于", "历史", "文章",
      "城市", "需要", "用户", "系统", "答案", "学习",     "技术", "发展", "世界", "不"};
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) text += words[random() % std::size(words)];
  return text;
}

std::string json(size_t bytes) {
  std::mt19937 random(2);
  std::string text = "[";
  while (text.size() < bytes)
    text += fmt::format(
        R"({{"id": "{:08x}-{:04x}", "name": "Customer {}", "active": {}, "balance": {:.2f}, "tags": ["new", "eu"]}},)"
        "\n  ",
        random(), random() % 65536, random() % 1000, random() % 2 ? "true" : "false",
        double(random() % 1'000'000) / 100);
  return text + "]";
}

std::string random_letters(size_t bytes) {
  std::mt19937 random(3);
  std::string text(bytes, ' ');
  for (char& c : text) c = static_cast<char>('a' + random() % 26);
  return text;
}

std::string repeated(std::string_view what, size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += what;
  return text;
}

std::vector<Text> ordinary() {
  return {{"english", files("docs", ".md")},
          {"code", files("runtime", ".cpp")},
          {"chinese", chinese(1 << 20)},
          {"json", json(1 << 20)}};
}

// Bodies of 10 MB without a boundary, or with as many as can be.
std::vector<Text> hostile() {
  constexpr size_t bytes = 10'000'000;
  return {{"a", std::string(bytes, 'a')},
          {"random letters", random_letters(bytes)},
          {"emoji", repeated("😀👩‍👩‍👧‍👦🏳️‍🌈", bytes)},
          {"spaces", std::string(bytes, ' ')},
          {"A behind 中", repeated("中AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", bytes)},
          {"invalid", std::string(bytes, '\xff')}};
}

std::shared_ptr<const Tokenizer> load(const char* name) {
  auto loaded = Tokenizer::load(name, tokens::data_folder(fmt::format("{}.tokens", name)));
  if (loaded) return *loaded;
  fmt::print(stderr, "{}\n", loaded.error().message);
  std::exit(1);
}

void measure_texts(const char* name, const Tokenizer& tokenizer) {
  for (const Text& text : ordinary()) {
    size_t count = 0;
    const double ns = bench::measure(1, [&](size_t) { count = tokenizer.count(text.text); });
    fmt::print("{:7} {:15} {:8} bytes {:8} tokens {:7.1f} MB/s {:6.1f} ns a token\n", name,
               text.name, text.text.size(), count, double(text.text.size()) / ns * 1e3,
               ns / double(count));
  }
}

void measure_hostile(const char* name, const Tokenizer& tokenizer) {
  for (const Text& text : hostile()) {
    const double start = bench::thread_ns();
    const size_t count = tokenizer.count(text.text);
    fmt::print("{:7} 10 MB: {:15} {:8} tokens {:7.1f} ms\n", name, text.name, count,
               (bench::thread_ns() - start) / 1e6);
  }
}

// An answer of which four bytes come at a time, asked for its tokens at each.
void measure_stream(const char* name, const std::shared_ptr<const Tokenizer>& tokenizer) {
  for (const Text& text :
       {Text{"english", files("docs", ".md")}, Text{"random letters", random_letters(1'000'000)}}) {
    const double start = bench::thread_ns();
    tokens::Counter counter(tokenizer);
    size_t pieces = 0;
    for (size_t at = 0; at < text.text.size(); at += 4, ++pieces) {
      counter.push(std::string_view(text.text).substr(at, 4));
      (void)counter.about();
    }
    fmt::print("{:7} stream: {:14} {:8} tokens {:7.1f} ns a piece\n", name, text.name,
               counter.tokens(), (bench::thread_ns() - start) / double(pieces));
  }
}

void measure_load(const char* name) {
  const double ns = bench::measure(1, [&](size_t) { (void)load(name); });
  fmt::print("{:7} load {:.2f} ms\n", name, ns / 1e6);
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) {
    for (const Text& text : ordinary())
      std::ofstream(std::filesystem::path(arguments[1]) / text.name) << text.text;
    return 0;
  }
  for (const char* name : {"o200k", "cl100k"}) {
    measure_load(name);
    const auto tokenizer = load(name);
    measure_texts(name, *tokenizer);
    measure_stream(name, tokenizer);
    measure_hostile(name, *tokenizer);
  }
  return 0;
}
