#include "compiler/session.h"

#include "base/check.h"
#include "compiler/index/index.h"
#include "compiler/kept_plan.h"
#include "compiler/parse/parse.h"
#include "compiler/splice.h"
#include "compiler/standard_library.h"

namespace aipol::compiler {

namespace {

using Clock = std::chrono::steady_clock;

template <class F>
auto timed(std::vector<Timing>& timings, Step step, F take) {
  Clock::time_point start = Clock::now();
  auto result = take();
  timings.push_back({step, Clock::now() - start});
  return result;
}

Outline parsed_outline(const source::Files& files) {
  diagnostics::Diagnostics diagnostics;
  std::vector<ast::Tree> trees;
  for (source::FileId file = 0; file < files.size(); ++file)
    trees.push_back(parse::parse(files, file, diagnostics));
  AIPOL_CHECK(diagnostics.all().empty(), "the cache has plans of well-formed sets only");
  return outline_of(files, trees);
}

// The same files without the standard library.
template <class Named>
source::Files files_of(const Named& named) {
  source::Files out;
  for (const auto& [path, text] : named) out.add(std::string(path), std::string(text));
  return out;
}

std::vector<std::pair<std::string_view, std::string_view>> names_of(const source::Files& files) {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  for (source::FileId file = 0; file < files.size(); ++file) {
    if (!files[file].builtin()) out.emplace_back(files[file].path(), files[file].text());
  }
  return out;
}

std::vector<std::pair<std::string_view, std::string_view>> names_of(const Outline& outline) {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  for (const OutlinedFile& file : outline) out.emplace_back(file.path, file.text);
  return out;
}

}  // namespace

Session::Session(std::vector<std::string> paths, Wanted wanted)
    : paths_(std::move(paths)), wanted_(std::move(wanted)) {
  AIPOL_CHECK(wanted_.decisions_only && wanted_.last >= Step::index && !wanted_.tests &&
                  !wanted_.lint && !wanted_.proofs,
              "a session makes what decides");
  wanted_.keep_plan = false;
}

Session::Made Session::compile() {
  Clock::time_point start = Clock::now();
  Result<source::Files> files = source::read_policy_set(paths_);
  if (!files) return std::unexpected(files.error());
  return compile_since(start, std::move(*files));
}

Session::Made Session::compile(source::Files files) {
  return compile_since(Clock::now(), std::move(files));
}

Session::Made Session::compile_since(Clock::time_point start, source::Files files) {
  if (auto spliced = base_ ? splice(start, files) : nullptr) {
    if (wanted_.last < Step::jit) return spliced;
    Result<NativeCode> native =
        native_code(spliced->plan, spliced->layout, wanted_, spliced->timings);
    if (!native) return std::unexpected(native.error());
    spliced->native = std::move(*native);
    return spliced;
  }
  Made made = compiler::compile(std::move(files), wanted_);
  if (made && !(*made)->failed()) remember(**made);
  return made;
}

std::unique_ptr<Compilation> Session::splice(Clock::time_point start, source::Files& files) {
  auto made = std::make_unique<Compilation>();
  made->timings.push_back({Step::read, Clock::now() - start});
  Splice splice(base_->outline, base_->plan);
  if (!timed(made->timings, Step::parse, [&] { return splice.parse(files); }) ||
      !timed(made->timings, Step::resolve, [&] { return splice.resolve(); }) ||
      !timed(made->timings, Step::check, [&] { return splice.check(); })) {
    return nullptr;
  }
  Outline outline = splice.outline(files);
  add_standard_library(files);
  made->plan = timed(made->timings, Step::plan, [&] {
    splice.plan(base_->plan, files);
    return std::move(base_->plan);
  });
  made->layout = timed(made->timings, Step::index, [&] { return index(made->plan); });
  made->files = std::move(files);
  made->spliced = true;
  pending_ = Pending{{}, std::move(outline), made->plan.version, false};
  base_.reset();
  return made;
}

// Of a set of which something was reported a part could hide what there is to report.
void Session::remember(const Compilation& made) {
  pending_.reset();
  if (!made.diagnostics.all().empty()) return;
  bool kept = made.trees.empty();
  pending_ = Pending{{}, {}, made.plan.version, kept};
  if (kept) {
    pending_->unparsed = files_of(names_of(made.files));
  } else {
    pending_->outline = outline_of(made.files, made.trees);
  }
}

void Session::settle(const plan::Plan& plan, const plan::Layout& layout) {
  if (!pending_) return;
  AIPOL_CHECK(plan.version == pending_->version, "what is settled is what was handed out");
  Pending& set = *pending_;
  if (set.outline.empty()) set.outline = parsed_outline(set.unparsed);
  if (!set.kept && !wanted_.cache.empty())
    KeptPlan(files_of(names_of(set.outline)), wanted_.cache).keep(plan, layout);
  base_ = Base{std::move(set.outline), plan};
  pending_.reset();
}

}  // namespace aipol::compiler
