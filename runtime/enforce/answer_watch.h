// Watches the text of an answer grow for the refusals that it may still meet. Where the first of
// them turns true does not depend on the pieces in which the text comes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "plan/interpret.h"
#include "runtime/decision/evaluation.h"
#include "runtime/enforce/growth.h"

namespace aipol::enforce {

class AnswerWatch {
 public:
  static constexpr size_t never = ~size_t{0};

  // Of a call whose answer begins: its status is known. All must outlive the watch.
  AnswerWatch(const decision::Evaluation& evaluation, const std::vector<OutputGuard>& guards,
              const native::Detectors& detectors);
  ~AnswerWatch();

  // Whether something can be decided on the whole answer only.
  bool needs_whole() const { return needs_whole_; }

  void push(std::string_view piece, bool last);
  // So much of the text can be passed on, whatever follows.
  size_t clear() const { return cut_.least; }
  // Whether the text ends at `clear`: what follows it is refused by these statements.
  bool over() const { return cut_.most != never && cut_.least == cut_.most; }
  const std::vector<uint32_t>& refusing() const { return refusing_; }

 private:
  // Where what makes a guard true begins: not before, and not after it.
  struct Place {
    size_t least = never, most = never;
  };
  class Part;
  class Parts;
  class Fixed;
  class Finds;
  class Counts;
  class Literal;
  class Length;
  struct Facts;
  struct Watched {
    uint32_t statement = 0;
    std::unique_ptr<Part> guard;
  };
  std::unique_ptr<Part> part(const Growth& growth, Facts& facts) const;

  const plan::Plan& plan_;
  const native::Detectors& detectors_;
  std::vector<Watched> watched_;
  bool needs_whole_ = false;
  Place cut_{0, never};
  std::vector<uint32_t> refusing_;
};

}  // namespace aipol::enforce
