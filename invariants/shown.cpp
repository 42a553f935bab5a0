#include "invariants/shown.h"

#include <algorithm>

#include "compiler/compile.h"
#include "runtime/decision/program.h"
#include "runtime/enforce/assets.h"
#include "testing/run_tests.h"

namespace aipol::invariants {

namespace {

// Where a claim's test begins once it is pasted.
struct Pasted {
  source::Files files;
  std::vector<plan::Place> places;  // by claim
};

Pasted paste(const source::Files& files, std::span<const Claim> claims) {
  Pasted out;
  out.places.resize(claims.size());
  for (source::FileId file = 0; file < files.size(); ++file) {
    if (files[file].builtin()) continue;
    std::string text(files[file].text());
    if (!text.ends_with('\n')) text += '\n';
    for (size_t i = 0; i < claims.size(); ++i) {
      if (claims[i].file != files[file].path()) continue;
      auto line = static_cast<uint32_t>(std::ranges::count(text, '\n') + 1);
      out.places[i] = {claims[i].file, line, 1};
      text += claims[i].test;
    }
    out.files.add(files[file].path(), std::move(text));
  }
  return out;
}

// The expectation, not the making of the call, is what has to fail.
bool fails_as_claimed(const testing::Result& result) {
  if (result.status != testing::Result::Status::failed) return false;
  return std::ranges::any_of(result.test->steps, [&](const auto& step) {
    const auto* expectation = std::get_if<plan::Expectation>(&step);
    return expectation != nullptr && expectation->place.line == result.place.line &&
           expectation->place.column == result.place.column;
  });
}

class Runner {
 public:
  Runner(const source::Files& files, const std::string& folder, const std::string& cache)
      : files_(files), folder_(folder), cache_(cache) {}

  // Nothing where the tests do not compile.
  Result<std::optional<std::vector<bool>>> run(std::span<const Claim> claims) {
    Pasted pasted = paste(files_, claims);
    auto made = compiler::compile(std::move(pasted.files), {.last = compiler::Step::jit,
                                                            .tests = true,
                                                            .tier = compiler::Tier::fast,
                                                            .cache = cache_});
    if (!made) return std::unexpected(made.error());
    if ((*made)->failed()) return std::nullopt;
    std::vector<plan::Test> tests;
    for (const plan::Place& place : pasted.places) {
      auto test = std::ranges::find_if((*made)->tests, [&](const plan::Test& one) {
        return one.place.file == place.file && one.place.line == place.line;
      });
      if (test == (*made)->tests.end()) return std::nullopt;
      tests.push_back(std::move(*test));
    }
    return decide(**made, tests);
  }

 private:
  Result<std::optional<std::vector<bool>>> decide(compiler::Compilation& made,
                                                  const std::vector<plan::Test>& tests) {
    auto program = decision::Program::load(
        std::move(made.plan), made.layout,
        {std::move(made.native.stages), std::move(made.native.values), made.native.memory});
    if (!program) return std::unexpected(program.error());
    auto assets = enforce::load_assets((*program)->plan(), folder_);
    if (!assets) return std::unexpected(assets.error());
    std::vector<bool> out;
    testing::Run run = testing::run_tests(*program, *assets, tests, {});
    for (const testing::Result& result : run.results) out.push_back(fails_as_claimed(result));
    return out;
  }

  const source::Files& files_;
  const std::string &folder_, &cache_;
};

}  // namespace

Result<std::vector<bool>> shown(const source::Files& files, const std::vector<Claim>& claims,
                                const std::string& folder, const std::string& cache) {
  if (claims.empty()) return std::vector<bool>();
  Runner runner(files, folder, cache);
  auto all = runner.run(claims);
  if (!all) return std::unexpected(all.error());
  if (*all) return std::move(**all);
  // One that does not compile is no reason against the others.
  std::vector<bool> out;
  for (const Claim& claim : claims) {
    auto one = runner.run({&claim, 1});
    if (!one) return std::unexpected(one.error());
    out.push_back(*one && (**one)[0]);
  }
  return out;
}

}  // namespace aipol::invariants
