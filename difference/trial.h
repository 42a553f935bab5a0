// A policy set that decides requests, as `aipol eval` does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/compile.h"
#include "runtime/decision/program.h"
#include "runtime/offline/simulation.h"

namespace aipol::difference {

// What became of a request.
struct Seen {
  bool allowed = false;
  uint16_t status = 0;
  std::string message, target;
  std::string text;                     // of the decision, for people
  std::vector<uint32_t> fired;          // statements, ascending
  std::vector<std::string> candidates;  // models that policies leave
};

class Trial {
 public:
  // The error names what can not be loaded.
  static Result<Trial> make(const compiler::Compilation& compilation, const std::string& folder,
                            const std::string& cache);

  // The last of the requests, JSON each; an error where one is none.
  Result<Seen> decide(const std::vector<std::string>& requests) const;
  // One after the other in the same world, as they were recorded.
  Result<Seen> decide_next(std::string_view request);

  const plan::Plan& plan() const { return program_->plan(); }

 private:
  Result<std::unique_ptr<offline::Simulation>> world() const;
  Result<Seen> decide_in(offline::Simulation& simulation, std::string_view request) const;

  std::shared_ptr<const decision::Program> program_;
  enforce::Assets assets_;
  std::unique_ptr<offline::Simulation> world_;
};

}  // namespace aipol::difference
