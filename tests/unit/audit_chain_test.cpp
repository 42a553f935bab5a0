#include "runtime/audit/chain.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <random>
#include <sstream>

#include "runtime/audit/file_writer.h"
#include "runtime/audit/verify.h"
#include "tests/support/scratch_folder.h"

namespace aipol::audit {

namespace {

using testing::ScratchFolder;
using What = Finding::What;

std::string record(int number) {
  return R"({"v":1,"kind":"request","id":")" + std::to_string(number) + R"("})";
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.emplace_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

struct Log {
  std::string text;
  Head head;
};

Log log_of(int records, Link last = {}) {
  Log log;
  Chain chain(last);
  for (int i = 0; i < records; ++i) chain.append(log.text, record(i));
  log.head = {chain.last(), last.seq + 1, static_cast<int64_t>(log.text.size())};
  return log;
}

Verified verified(std::string_view text, const std::optional<Head>& head,
                  const VerifyOptions& options = {}) {
  size_t at = 0;
  LineReader reader([&](char* into, size_t size) {
    // In small pieces, so that lines come in parts.
    size_t count = std::min({size, text.size() - at, size_t{97}});
    std::copy_n(text.data() + at, count, into);
    at += count;
    return static_cast<long>(count);
  });
  Lines lines{[&](std::string_view& line) { return reader.next(line); },
              [] { return std::string("log"); }, [&] { return reader.line_number(); }};
  return verify(std::move(lines), head, options);
}

// What is found; "ok" where nothing is.
std::string outcome(const Verified& verified) {
  if (!verified.finding) return "ok";
  return std::string(finding_names[static_cast<size_t>(verified.finding->what)]) + " " +
         std::to_string(verified.finding->line);
}

}  // namespace

TEST_CASE("a chained line bears its number, its predecessor's hash and its own") {
  std::string text;
  Chain chain;
  chain.append(text, R"({"a":1})");
  chain.append(text, R"({"b":2})");
  std::vector<std::string> lines = lines_of(text);
  REQUIRE(lines.size() == 2);
  std::string zeros(64, '0');
  std::string hashed = R"({"seq":1,"prev":")" + zeros + R"(","a":1)";
  Hash hash = Sha256()(hashed);
  CHECK(lines[0] == hashed + R"(,"hash":")" + std::string(text_of(hash)) + "\"}\n");
  CHECK(lines[1].starts_with(R"({"seq":2,"prev":")" + std::string(text_of(hash)) + R"(","b":2)"));
  CHECK(text_of(Sha256()("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  auto frame = read_frame(std::string_view(lines[1]).substr(0, lines[1].size() - 1));
  REQUIRE(frame);
  CHECK(frame->seq == 2);
  CHECK(frame->prev == hash);
  CHECK(frame->hash == chain.last().hash);
  for (const char* bad : {"", "{}", "null", R"({"seq":0,"prev":"")", R"({"seq":1})"})
    CHECK(!read_frame(bad));
}

TEST_CASE("an untouched log verifies") {
  Log log = log_of(50);
  Verified all = verified(log.text, log.head);
  CHECK(outcome(all) == "ok");
  CHECK(all.anchored);
  CHECK(all.records == 50);
  CHECK(all.first.seq == 1);
  CHECK(all.last == log.head.last);
  CHECK(all.behind == 0);
  CHECK(outcome(verified("", Head{})) == "ok");
  CHECK(outcome(verified("", std::nullopt)) == "ok");
  CHECK(!verified(log.text, std::nullopt).anchored);
}

TEST_CASE("what was done to a log is named") {
  Log log = log_of(10);
  std::vector<std::string> lines = lines_of(log.text);
  auto after = [&](auto change) {
    std::vector<std::string> changed = lines;
    change(changed);
    return outcome(verified(joined(changed), log.head));
  };
  CHECK(after([](auto& all) { all.erase(all.begin() + 4); }) == "removed 5");
  CHECK(after([](auto& all) { std::swap(all[3], all[7]); }) == "reordered 4");
  CHECK(after([](auto& all) { std::swap(all[3], all[4]); }) == "reordered 4");
  CHECK(after([](auto& all) { all.insert(all.begin() + 6, all[2]); }) == "reordered 7");
  CHECK(after([](auto& all) { all[5][100] ^= 1; }) == "changed 6");
  CHECK(after([](auto& all) { all[5].insert(all[5].find("id"), "x"); }) == "changed 6");
  CHECK(after([](auto& all) { all.pop_back(); }) == "cut 9");
  CHECK(after([](auto& all) { all.erase(all.begin()); }) == "removed 1");
  CHECK(after([](auto& all) { all.erase(all.begin(), all.begin() + 3); }) == "removed 1");
  CHECK(after([](auto& all) { all.clear(); }) == "cut 0");
  CHECK(after([](auto& all) { all.back().pop_back(); }) == "cut 10");
  CHECK(after([](auto& all) { all.insert(all.begin() + 2, "{}\n"); }) == "changed 3");
}

TEST_CASE("a record that was changed with a new hash is found by the next one, and by the anchor") {
  Log log = log_of(10), other = log_of(4);
  std::vector<std::string> lines = lines_of(log.text);
  // The fifth record, written anew.
  Chain chain(verified(other.text, std::nullopt).last);
  std::string forged;
  chain.append(forged, R"({"forged":true})");
  lines[4] = forged;
  CHECK(outcome(verified(joined(lines), log.head)) == "changed 6");
  // And all behind it, too: only the anchor is left.
  lines.resize(5);
  for (int i = 5; i < 10; ++i) {
    std::string line;
    chain.append(line, record(i));
    lines.push_back(line);
  }
  CHECK(outcome(verified(joined(lines), std::nullopt)) == "ok");
  CHECK(outcome(verified(joined(lines), log.head)) == "changed 10");
}

TEST_CASE("records behind the anchor are counted; an unfinished one is no fault") {
  Log log = log_of(10);
  Head early = log_of(7).head;
  Verified all = verified(log.text + R"({"seq":11,"prev":"00)", early);
  CHECK(outcome(all) == "ok");
  CHECK(all.behind == 3);
  CHECK(all.torn_bytes == 20);
}

TEST_CASE("a log may begin late where the anchor says so") {
  Log log = log_of(5, Link{20, Link::zeros()});
  CHECK(outcome(verified(log.text, log.head)) == "ok");
  Head earlier = log.head;
  earlier.first = 15;
  CHECK(outcome(verified(log.text, earlier)) == "removed 1");
  CHECK(outcome(verified(log.text, std::nullopt)) == "ok");
}

TEST_CASE("chains that begin anew are a fault unless they may") {
  std::string twice = log_of(3).text + log_of(4).text;
  CHECK(outcome(verified(twice, std::nullopt)) == "reordered 4");
  Verified allowed = verified(twice, std::nullopt, {.restarts = true});
  CHECK(outcome(allowed) == "ok");
  CHECK(allowed.chains == 2);
  CHECK(allowed.records == 7);
}

TEST_CASE("a hash that was noted elsewhere must be there") {
  Log log = log_of(5), longer = log_of(6);
  CHECK(outcome(verified(longer.text, std::nullopt, {.holds = log.head.last.hash})) == "ok");
  CHECK(outcome(verified(log.text, std::nullopt, {.holds = longer.head.last.hash})) == "removed 5");
}

TEST_CASE("whatever is altered, removed, swapped or cut is found") {
  std::mt19937 random(7);
  auto below = [&random](size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
  };
  for (int round = 0; round < 3000; ++round) {
    Log log = log_of(static_cast<int>(2 + below(12)));
    std::vector<std::string> lines = lines_of(log.text);
    switch (below(5)) {
      case 0: {
        std::string& line = lines[below(lines.size())];
        line[below(line.size())] ^= static_cast<char>(1 + below(255));
        break;
      }
      case 1:
        lines.erase(lines.begin() + static_cast<ptrdiff_t>(below(lines.size())));
        break;
      case 2: {
        size_t one = below(lines.size()), other = below(lines.size() - 1);
        std::swap(lines[one], lines[other + (other >= one)]);
        break;
      }
      case 3:
        lines.resize(below(lines.size()));
        break;
      default: {
        std::string text = joined(lines);
        lines = {text.substr(0, below(text.size()))};
      }
    }
    CAPTURE(joined(lines));
    CHECK(outcome(verified(joined(lines), log.head)) != "ok");
  }
}

TEST_CASE("the anchor is read as it was written, and not believed where it is damaged") {
  Head head = log_of(3).head;
  head.first = 2;
  CHECK(parse_head(format_head(head)) == head);
  CHECK(format_head(head).size() == 256);
  CHECK(!parse_head(""));
  CHECK(!parse_head("{}"));
  CHECK(!parse_head(R"({"v":2,"seq":1,"hash":"","first":1,"bytes":1})"));
  ScratchFolder folder;
  std::string path = folder.write("x.head", "garbage");
  CHECK(!read_head(path));
  CHECK(read_head(folder.path() / "none").value() == std::nullopt);
}

namespace {

struct Opened {
  std::unique_ptr<FileWriter> writer;
  std::string doubt;
};

Opened open_file(const std::filesystem::path& path, const plan::Sink& sink = {}) {
  Opened out;
  auto writer = FileWriter::open(path, sink, out.doubt);
  REQUIRE_MESSAGE(writer, (writer ? "" : writer.error().message));
  out.writer = std::move(*writer);
  return out;
}

// Chains the records and writes them, with what the writer wants to say first.
void write_records(Opened& opened, int count) {
  Chain chain(opened.writer->last());
  std::string text;
  if (std::string first = opened.writer->first_record(); !first.empty()) chain.append(text, first);
  for (int i = 0; i < count; ++i) chain.append(text, record(i));
  std::string_view lines = text;
  REQUIRE(opened.writer->write(lines));
  CHECK(lines.empty());
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

Verified verified_log(const std::filesystem::path& path) {
  auto result = verify_log(path.string(), {});
  REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
  return *result;
}

}  // namespace

TEST_CASE("a log is gone on with where it ends, wherever its writer was killed") {
  ScratchFolder folder;
  std::filesystem::path path = folder.path() / "audit.jsonl";
  {
    Opened opened = open_file(path);
    write_records(opened, 3);
    REQUIRE(opened.writer->finish());
    write_records(opened, 2);  // not anchored
  }
  const std::string whole = read_text(path), anchor = read_text(head_of(path));
  const size_t anchored = static_cast<size_t>(parse_head(anchor)->bytes);
  REQUIRE(anchored < whole.size());
  for (size_t size = anchored; size <= whole.size(); ++size) {
    CAPTURE(size);
    folder.write("audit.jsonl", whole.substr(0, size));
    folder.write("audit.jsonl.head", anchor);
    size_t lines = static_cast<size_t>(
        std::count(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size), '\n'));
    bool torn = size > 0 && whole[size - 1] != '\n';
    {
      Opened opened = open_file(path);
      CHECK(opened.doubt.empty());
      CHECK(opened.writer->last().seq == lines);
      write_records(opened, 2);
      REQUIRE(opened.writer->finish());
    }
    Verified all = verified_log(path);
    CHECK(outcome(all) == "ok");
    CHECK(all.anchored);
    CHECK(all.records == lines + 2 + (torn ? 1 : 0));
    std::string text = read_text(path);
    CHECK((text.find("\"kind\":\"resumed\"") != text.npos) == torn);
  }
}

TEST_CASE("what was taken from a log before its writer came back stays missing") {
  ScratchFolder folder;
  std::filesystem::path path = folder.path() / "audit.jsonl";
  {
    Opened opened = open_file(path);
    write_records(opened, 6);
    REQUIRE(opened.writer->finish());
  }
  const std::string whole = read_text(path), anchor = read_text(head_of(path));
  auto gone_on_after = [&](const std::string& text, const std::string& head) {
    folder.write("audit.jsonl", text);
    folder.write("audit.jsonl.head", head);
    Opened opened = open_file(path);
    CHECK(!opened.doubt.empty());
    write_records(opened, 2);
    REQUIRE(opened.writer->finish());
    opened.writer.reset();
    return outcome(verified_log(path));
  };
  std::vector<std::string> lines = lines_of(whole);
  auto without = [&](size_t number) {
    std::vector<std::string> rest = lines;
    rest.erase(rest.begin() + static_cast<ptrdiff_t>(number));
    return joined(rest);
  };
  CHECK(gone_on_after(without(5), anchor) == "removed 6");
  std::string torn = whole.substr(0, whole.size() - 10);
  CHECK(gone_on_after(torn, anchor) == "removed 6");
  std::string changed = whole;
  changed[changed.size() - 100] ^= 1;
  CHECK(gone_on_after(changed, anchor) == "changed 6");
  // Of a file that is empty the number of the next record tells.
  folder.write("audit.jsonl", whole.substr(0, 10));
  folder.write("audit.jsonl.head", anchor);
  Opened opened = open_file(path);
  write_records(opened, 2);
  opened.writer.reset();
  CHECK(outcome(verified_log(path)) == "removed 1");
}

TEST_CASE("files that hold something else are left alone") {
  ScratchFolder folder;
  std::string path = folder.write("notes.txt", "dear diary\n");
  std::string doubt;
  auto opened = FileWriter::open(path, {}, doubt);
  REQUIRE(!opened);
  CHECK(opened.error().message.find("something else") != std::string::npos);
  CHECK(read_text(path) == "dear diary\n");
  auto nowhere = FileWriter::open(folder.path() / "no" / "audit.jsonl", {}, doubt);
  REQUIRE(!nowhere);
}

TEST_CASE("one process writes a log at a time") {
  ScratchFolder folder;
  Opened opened = open_file(folder.path() / "audit.jsonl");
  std::string doubt;
  auto second = FileWriter::open(folder.path() / "audit.jsonl", {}, doubt);
  REQUIRE(!second);
  CHECK(second.error().message.find("another process") != std::string::npos);
}

TEST_CASE("full files are put aside and dropped, and the chain goes through") {
  ScratchFolder folder;
  std::filesystem::path path = folder.path() / "audit.jsonl";
  plan::Sink sink;
  sink.rotate_bytes = 1000;
  {
    Opened opened = open_file(path, sink);
    write_records(opened, 20);
    write_records(opened, 20);
    REQUIRE(opened.writer->finish());
  }
  std::vector<Part> parts = parts_of(path);
  REQUIRE(parts.size() > 5);
  for (const Part& part : parts) CHECK(std::filesystem::file_size(part.path) <= 1000);
  CHECK(parts[0].path.filename() == "audit.jsonl.000001");
  Verified all = verified_log(path);
  CHECK(outcome(all) == "ok");
  CHECK(all.records == 40);
  CHECK(all.files == parts.size() + 1);
  CHECK(all.anchored);

  sink.keep = 3;
  {
    Opened opened = open_file(path, sink);
    CHECK(opened.doubt.empty());
    write_records(opened, 10);
    REQUIRE(opened.writer->finish());
  }
  CHECK(parts_of(path).size() == 3);
  CHECK(parts_of(path).back().number > parts.back().number);
  all = verified_log(path);
  CHECK(outcome(all) == "ok");
  CHECK(all.last.seq == 50);
  CHECK(all.first.seq > 1);
  // One that was to be kept.
  std::filesystem::remove(parts_of(path)[0].path);
  CHECK(outcome(verified_log(path)) == "removed 1");
}

TEST_CASE("the loss of any file of a log is found") {
  ScratchFolder folder;
  std::filesystem::path path = folder.path() / "audit.jsonl";
  plan::Sink sink;
  sink.rotate_bytes = 1000;
  Opened opened = open_file(path, sink);
  write_records(opened, 20);
  REQUIRE(opened.writer->finish());
  std::vector<std::filesystem::path> files = {path};
  for (const Part& part : parts_of(path)) files.push_back(part.path);
  for (const std::filesystem::path& file : files) {
    std::filesystem::rename(file, folder.path() / "away");
    CHECK(outcome(verified_log(path)) != "ok");
    std::filesystem::rename(folder.path() / "away", file);
  }
  CHECK(outcome(verified_log(path)) == "ok");
  for (const std::filesystem::path& file : files) std::filesystem::remove(file);
  CHECK(outcome(verified_log(path)).starts_with("cut"));
  std::filesystem::remove(head_of(path));
  CHECK(!verify_log(path.string(), {}));
}

TEST_CASE("a record that is larger than a file has one for itself") {
  ScratchFolder folder;
  plan::Sink sink;
  sink.rotate_bytes = 10;
  Opened opened = open_file(folder.path() / "audit.jsonl", sink);
  write_records(opened, 3);
  CHECK(parts_of(folder.path() / "audit.jsonl").size() == 2);
  CHECK(outcome(verified_log(folder.path() / "audit.jsonl")) == "ok");
}

TEST_CASE("a file that others have moved is begun anew, and the chain goes through") {
  ScratchFolder folder;
  std::filesystem::path path = folder.path() / "audit.jsonl";
  Opened opened = open_file(path);
  write_records(opened, 3);
  REQUIRE(opened.writer->reopen());
  CHECK(std::filesystem::file_size(path) > 0);
  std::filesystem::rename(path, folder.path() / "audit.jsonl.1");
  REQUIRE(opened.writer->reopen());
  CHECK(std::filesystem::file_size(path) == 0);
  write_records(opened, 3);
  REQUIRE(opened.writer->finish());
  Verified all = verified_log(path);
  CHECK(outcome(all) == "ok");
  CHECK(all.records == 6);
  CHECK(all.files == 2);
}

TEST_CASE("the anchor follows as the rule says") {
  ScratchFolder folder;
  auto anchored = [&](const std::string& rule) {
    std::filesystem::path path = folder.path() / (rule + ".jsonl");
    plan::Sink sink;
    sink.fsync = rule;
    Opened opened = open_file(path, sink);
    write_records(opened, 2);
    auto head = read_head(head_of(path));
    REQUIRE(head);
    return *head ? (*head)->last.seq : 0;
  };
  CHECK(anchored("always") == 2);
  CHECK(anchored("never") == 2);
  CHECK(anchored("second") == 0);
}

}  // namespace aipol::audit
