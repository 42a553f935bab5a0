#include "cli/commands/replay_bisect.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>

namespace aipol::cli {

namespace {

// Numbers of commits: -1 is where the range begins.
class Search {
 public:
  Search(const revision::Range& range, std::vector<std::string> commits, const Replayed& replayed,
         const std::function<bool(const replay::Report&)>& changes)
      : range_(range), commits_(std::move(commits)), replayed_(replayed), changes_(changes) {}

  Result<replay::Bisection> run() {
    replay::Bisection found;
    found.commits = commits_.size();
    int64_t unchanged = -1, changed = static_cast<int64_t>(commits_.size()) - 1;
    auto last = judge(changed);
    if (!last) return std::unexpected(last.error());
    if (*last == Verdict::skipped)
      return failure(fmt::format("{}: its policies do not compile", range_.to));
    if (*last == Verdict::unchanged) {
      found.report = std::move(kept_);
      found.tested = verdicts_.size();
      return found;
    }
    for (;;) {
      std::optional<int64_t> next = middle(unchanged, changed);
      if (!next) break;
      auto verdict = judge(*next);
      if (!verdict) return std::unexpected(verdict.error());
      if (*verdict == Verdict::changed) changed = *next;
      if (*verdict == Verdict::unchanged) unchanged = *next;
    }
    found.tested = verdicts_.size();
    return told(std::move(found), unchanged, changed);
  }

 private:
  enum class Verdict : uint8_t { unchanged, changed, skipped };

  const std::string& name(int64_t at) const {
    return at < 0 ? range_.from : commits_[static_cast<size_t>(at)];
  }

  Result<replay::Bisection> told(replay::Bisection found, int64_t unchanged, int64_t changed) {
    auto commit_of = [&](int64_t at) -> replay::Bisection::Commit {
      return {name(at), revision::title_of(name(at)).value_or(name(at))};
    };
    for (int64_t at = unchanged + 1; at < changed; ++at) found.skipped.push_back(commit_of(at));
    found.commit = commit_of(changed);
    found.parent = commit_of(unchanged);
    if (unchanged < 0) {  // both have been replayed beside each other
      found.report = std::move(kept_);
      return found;
    }
    auto report = replayed_(found.parent.id, found.commit.id);
    if (!report) return std::unexpected(report.error());
    found.report = std::move(**report);
    return found;
  }

  // The commit nearest to the middle between both that has not been found wanting.
  std::optional<int64_t> middle(int64_t unchanged, int64_t changed) const {
    std::optional<int64_t> nearest;
    int64_t centre = unchanged + (changed - unchanged) / 2;
    for (int64_t at = unchanged + 1; at < changed; ++at) {
      bool nearer = !nearest || std::abs(at - centre) < std::abs(*nearest - centre);
      if (!verdicts_.contains(at) && nearer) nearest = at;
    }
    return nearest;
  }

  Result<Verdict> judge(int64_t at) {
    auto report = replayed_(range_.from, name(at));
    if (!report) return std::unexpected(report.error());
    Verdict verdict = !*report             ? Verdict::skipped
                      : changes_(**report) ? Verdict::changed
                                           : Verdict::unchanged;
    if (verdict == Verdict::changed || (*report && verdicts_.empty())) kept_ = std::move(**report);
    return verdicts_[at] = verdict;
  }

  const revision::Range& range_;
  const std::vector<std::string> commits_;
  const Replayed& replayed_;
  const std::function<bool(const replay::Report&)>& changes_;
  std::map<int64_t, Verdict> verdicts_;
  replay::Report kept_;  // of the last commit that changes it, else of the whole range
};

}  // namespace

Result<replay::Bisection> bisect(const revision::Range& range, const std::string& path,
                                 const Replayed& replayed,
                                 const std::function<bool(const replay::Report&)>& changes) {
  auto commits = revision::commits(range, path);
  if (!commits) return std::unexpected(commits.error());
  if (commits->empty())
    return failure(fmt::format("{}..{}: no commit of it changes {}", range.from, range.to, path));
  return Search(range, std::move(*commits), replayed, changes).run();
}

}  // namespace aipol::cli
