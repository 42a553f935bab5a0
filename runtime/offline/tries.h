// How the targets do that a described call is tried on: as a gateway's record tells of each, else
// all of them as the call says.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "runtime/offline/described_call.h"

namespace aipol::offline {

struct Try {
  std::optional<int64_t> status;  // nothing: no answer
  bool failed = false;
  bool canceled = false;  // by the client
  int64_t latency_ns = 0;
  enum class Gives : uint8_t {
    described,  // what the call says is the answer
    nothing,    // it failed, in another way than the answer that is described
    unknown     // it was not tried then: it is taken to answer, nobody knows what
  } gives = Gives::described;
};

class Tries {
 public:
  // The call must outlive it. `timeout_ns`: how long all tries together may take.
  Tries(const DescribedCall& described, int64_t timeout_ns);

  // The next target that is tried.
  Try next(std::string_view target);
  // Whether there was no time for another.
  bool over() const { return over_; }

 private:
  Try described_reply() const;

  const DescribedCall& described_;
  const int64_t timeout_ns_;
  std::vector<bool> told_;  // by attempt
  bool over_ = false;
};

// Puts what the last try gives in the place of the answer that is described.
void put_answer(DescribedCall& described, const Try& last);

// What a call uses of which nothing is recorded: its input and max_tokens, or what such answers
// usually have.
context::Usage guessed_usage(const DescribedCall& described);

}  // namespace aipol::offline
