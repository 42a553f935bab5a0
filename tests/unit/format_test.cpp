// The formatter: what each construct becomes is in golden/fmt; here is what holds of all files.
#include <doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/support/formatting.h"
#include "tests/support/random_policy.h"

using namespace aipol;
using testing::Choices;
using testing::Formatted;
using testing::formatted;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> policy_files() {
  std::vector<fs::path> all;
  for (const char* folder : {"cli/templates", "examples", "stdlib", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".aipol") all.push_back(entry.path());
    }
  }
  return all;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Whether it parses; what does not hold is reported.
bool holds(const std::string& text, const std::string& name) {
  Formatted result = formatted(text);
  if (!result.fault.empty())
    FAIL_CHECK(name << ": " << result.fault << "\nof:\n"
                    << text << "\nformatted:\n"
                    << result.text);
  return result.parses;
}

bool has_long_comment(const std::string& text) {
  for (size_t at = 0; (at = text.find("/*", at)) != text.npos; ++at) {
    if (text.find('\n', at) < text.find("*/", at)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("format: every file of the repository") {
  std::vector<fs::path> files = policy_files();
  size_t parsed = 0;
  for (const fs::path& path : files) parsed += holds(text_of(path), path.string()) ? 1 : 0;
  CHECK(parsed > files.size() / 2);
}

TEST_CASE("format: spaces make no difference") {
  Choices choices(7);
  for (const fs::path& path : policy_files()) {
    std::string text = text_of(path);
    Formatted plain = formatted(text);
    // The lines of a comment of several lines move with its first.
    if (!plain.parses || has_long_comment(text)) continue;
    Formatted other = formatted(testing::spaced(text, choices));
    CHECK_MESSAGE(other.text == plain.text, path.string());
  }
}

// Of a few texts with comments between any two tokens what comes out would mean something else:
// they are refused, not written.
bool refused(const std::string& text) {
  return formatted(text).fault == "it does not mean the same";
}

TEST_CASE("format: comments and line breaks anywhere") {
  size_t parsed = 0, all = 0, left = 0;
  std::vector<fs::path> files = policy_files();
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Choices choices(seed);
    for (const fs::path& path : files) {
      // Comments of several lines within texts with holes move against each other.
      if (has_long_comment(text_of(path))) continue;
      std::string text = testing::scattered(text_of(path), choices);
      ++all;
      if (refused(text)) {
        ++left;
        continue;
      }
      parsed += holds(text, path.string()) ? 1 : 0;
    }
  }
  CHECK(parsed > all / 3);
  CHECK(left <= all / 200);
}

TEST_CASE("format: random policies") {
  size_t left = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Choices choices(seed);
    std::string text = testing::random_policy(choices);
    CHECK(holds(text, "random"));
    std::string scattered = testing::scattered(text, choices);
    if (refused(scattered))
      ++left;
    else
      holds(scattered, "random, scattered");
  }
  CHECK(left <= 3);
}
