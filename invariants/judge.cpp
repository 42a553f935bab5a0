#include "invariants/judge.h"

#include "invariants/shown.h"

namespace aipol::invariants {

using Kind = Judgement::Kind;

Result<std::vector<Judgement>> judge(const compiler::Compilation& compilation,
                                     const std::string& folder, const std::string& cache) {
  std::vector<Claim> claims;
  for (const prove::Verdict& verdict : compilation.verdicts) {
    for (const prove::Counterexample& one : verdict.counterexamples)
      claims.push_back({one.rule.file, one.test});
  }
  Result<std::vector<bool>> held = shown(compilation.files, claims, folder, cache);
  if (!held) return std::unexpected(held.error());
  std::vector<Judgement> out;
  size_t claim = 0;
  for (size_t i = 0; i < compilation.verdicts.size(); ++i) {
    const prove::Verdict& verdict = compilation.verdicts[i];
    const plan::Invariant& invariant = compilation.invariants[i];
    Judgement& one = out.emplace_back();
    one = {invariant.name, invariant.place, verdict.kind, {}, verdict.why};
    for (const prove::Counterexample& counterexample : verdict.counterexamples) {
      if ((*held)[claim++] && !one.counterexample) one.counterexample = counterexample;
    }
    if (one.kind == Kind::refuted && !one.counterexample) one.kind = Kind::unknown;
  }
  return out;
}

}  // namespace aipol::invariants
