// How logs are unpacked and cut into documents: whatever the packing, whatever the size of a read.
#include <doctest.h>
#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include "replay/logs/source.h"
#include "tests/support/scratch_folder.h"

namespace aipol::replay::logs {

namespace {

// Bytes that come in pieces of at most that many.
class Pieces : public Input {
 public:
  Pieces(std::string text, size_t most) : text_(std::move(text)), most_(most) {}
  Result<size_t> read(char* into, size_t size) override {
    size_t count = std::min({size, most_, text_.size() - at_});
    text_.copy(into, count, at_);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  size_t most_, at_ = 0;
};

using Got = DocumentReader::Got;

// "1:{…}" of a document, "2!reason" of what is unreadable.
std::vector<std::string> cut(const std::string& text, size_t most = 1 << 20,
                             size_t longest = 1 << 20) {
  DocumentReader reader(std::make_unique<Pieces>(text, most), longest);
  std::vector<std::string> all;
  for (;;) {
    auto got = reader.next();
    REQUIRE(got.has_value());
    if (*got == Got::end) return all;
    all.push_back(*got == Got::document ? fmt::format("{}:{}", reader.line(), reader.text())
                                        : fmt::format("{}!{}", reader.line(), reader.reason()));
  }
}

using Cut = std::vector<std::string>;

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Log {
  std::string text, error;
  std::vector<Unreadable> unreadable;
  size_t blocks = 0;
};

Log read(std::vector<std::string> paths, Options options = {}) {
  Log log;
  auto source = Source::open(std::move(paths), options);
  if (!source) return log.error = source.error().message, log;
  for (RawBlock raw;; ++log.blocks) {
    auto more = source->next(raw);
    if (!more) log.error = more.error().message;
    if (!more || !*more) return log;
    Block block = source->translate(raw);
    log.text += block.text;
    std::ranges::move(block.unreadable, std::back_inserter(log.unreadable));
  }
}

std::string line(int number) {
  return fmt::format(R"({{"time":{},"model":{{"name":"m{}"}}}})", number, number % 7) + "\n";
}

std::string lines(int count) {
  std::string all;
  for (int i = 1; i <= count; ++i) all += line(i);
  return all;
}

}  // namespace

TEST_CASE("logs are cut into lines, documents and the elements of their arrays") {
  for (size_t most : {size_t{1}, size_t{2}, size_t{7}, size_t{4096}}) {
    CAPTURE(most);
    CHECK(cut("", most).empty());
    CHECK(cut(" \n\n", most).empty());
    CHECK(cut("{\"a\":1}\n\n{\"b\":2}", most) == Cut{"1:{\"a\":1}", "3:{\"b\":2}"});
    CHECK(cut("{\"a\":1}\n{\"b\"\n{\"c\":3}\n", most) ==
          Cut{"1:{\"a\":1}", "2:{\"b\"", "3:{\"c\":3}"});
    CHECK(cut("{\n\"a\": [1,\n2]}\n{\n}\n", most) == Cut{"1:{\n\"a\": [1,\n2]}", "4:{\n}"});
    CHECK(cut("[{\"a\":\"]\\\"\"}, {}\n, 7,\"x\" ]", most) ==
          Cut{"1:{\"a\":\"]\\\"\"}", "1:{}", "2:7", "2:\"x\""});
    CHECK(
        cut("{\"log\":{\"pages\":[{\"p\":1}],\n\"entries\":[{\"e\":1},\n{\"e\":[2]}],\"x\":[{}]}}",
            most) == Cut{"2:{\"e\":1}", "3:{\"e\":[2]}"});
    CHECK(cut("{\"resourceSpans\":[{\"a\":[]}\n]}\n{\"resourceSpans\":[]}", most) ==
          Cut{"1:{\"a\":[]}"});
    CHECK(cut("{\"other\":{\"entries\":[1]}}", most) == Cut{"1:{\"other\":{\"entries\":[1]}}"});
  }
}

TEST_CASE("what is broken is told with its line, and does not hide what follows") {
  CHECK(cut("hello\n{\"a\":1}\n") ==
        Cut{"1!is not valid JSON: it must begin with { or [", "2:{\"a\":1}"});
  CHECK(cut("{\"a\":\"x\n{\"a\":1}\n") == Cut{"1!a text is not closed on its line", "2:{\"a\":1}"});
  CHECK(cut("{\"a\":]\n{\"a\":1}\n") == Cut{"1!is not valid JSON", "2:{\"a\":1}"});
  CHECK(cut("{\n\"a\":\n]\n{}") ==
        Cut{"1!is not valid JSON (at line 3): nothing behind it is read"});
  CHECK(cut("\n{\"a\":[") == Cut{"2!is not closed: the log ends within it"});
  CHECK(cut(fmt::format("{:[>1000}\n{{}}", "")) == Cut{"1!is nested too deeply", "2:{}"});
}

TEST_CASE("a document beyond the bound is unreadable, the next one is read") {
  const std::string big = "{\"a\":\"" + std::string(3 << 20, 'x') + "\"}";
  CHECK(cut("{}\n" + big + "\n{\"b\":1}\n") ==
        Cut{"1:{}", "2!is longer than 1 MiB", "3:{\"b\":1}"});
  CHECK(cut("[" + big + ",\n{\"b\":1}]") == Cut{"1!is longer than 1 MiB", "2:{\"b\":1}"});
}

TEST_CASE("packed logs read as plain ones, in blocks") {
  testing::ScratchFolder folder;
  const std::string text = lines(5000);
  Options options;
  options.block_bytes = 4096;
  const std::string half = text.substr(0, text.find('\n', text.size() / 2) + 1);
  const std::string rest = text.substr(half.size());
  for (const std::string& bytes :
       {text, gzip(text), zstd(text), gzip(half) + gzip(rest), zstd(half) + zstd(rest)}) {
    Log log = read({folder.write("log", bytes)}, options);
    CHECK(log.error.empty());
    CHECK(log.text == text);
    CHECK(log.blocks > 10);
    CHECK(log.unreadable.empty());
  }
}

TEST_CASE("several files follow each other, each in its format") {
  testing::ScratchFolder folder;
  const std::string first = folder.write("a", line(1)),
                    second = folder.write("b.gz", gzip(line(2)));
  CHECK(read({first, second, first}).text == line(1) + line(2) + line(1));
  Log log = read({first, folder.write("c", "{\"x\":1}\n")});
  CHECK(log.text == line(1));
  CHECK(log.error.find("c: line 1 is of no known format") != std::string::npos);
  CHECK(read({first, (folder.path() / "none").string()}).error.find("No such file") !=
        std::string::npos);
  CHECK(read({folder.path().string()}).error.find("is a folder") != std::string::npos);
}

TEST_CASE("lines before the first of a known format are unreadable, not lost") {
  testing::ScratchFolder folder;
  Log log = read({folder.write("a", "starting\n{\"x\":1}\n" + line(1))});
  CHECK(log.error.empty());
  CHECK(log.text == line(1));
  REQUIRE(log.unreadable.size() == 2);
  CHECK(log.unreadable[0].line == 1);
  CHECK(log.unreadable[1].line == 2);
}

TEST_CASE("packed data that is cut off, damaged or a bomb is an error") {
  testing::ScratchFolder folder;
  const std::string text = lines(5000);
  for (std::string packed : {gzip(text), zstd(text)}) {
    Log cut_off = read({folder.write("log", packed.substr(0, packed.size() - 9))});
    CHECK(cut_off.error.find("ends too early") != std::string::npos);
    for (size_t i = 0; i < 200; ++i) packed[packed.size() / 2 + i] = '\xff';
    CHECK(read({folder.write("log", packed)}).error.find("data is damaged") != std::string::npos);
  }
}

TEST_CASE("what grows beyond all bounds is taken for a bomb") {
  testing::ScratchFolder folder;
  constexpr size_t frame = 4 << 20;
  std::string packed;
  for (size_t size = 0; size < expansion_floor + frame; size += frame)
    packed += zstd(std::string(frame, ' '));
  Log log = read({folder.write("log", packed)});
  CHECK(log.error.find("grows to more than 1000 times its size") != std::string::npos);
}

}  // namespace aipol::replay::logs
