// The course of one described call through all that serving does, in two parts: `judge`, what is
// decided about the call itself, and `conclude`, what counts it, tries its targets and decides
// about its answer. Between the two other calls may be judged and concluded.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/decision/decision.h"
#include "runtime/enforce/engine.h"
#include "runtime/enforce/expected.h"
#include "runtime/enforce/output_stream.h"
#include "runtime/enforce/passage.h"
#include "runtime/offline/described_call.h"
#include "runtime/offline/tries.h"
#include "runtime/tokens/tokenizer.h"

namespace aipol::offline {

// What became of one call.
struct Outcome {
  decision::Decision decision;
  std::optional<context::Call> forwarded;  // as the upstream got it; nothing where none did
  std::string target;                      // the model that answered; empty where none did
  bool cached = false;                     // an answer that was kept was given
  std::string mirror;                      // the model that got a copy; empty where none did
  std::set<std::string> shadow;  // policies whose shadow statements would have done something
  enforce::Record record;
  std::vector<enforce::Alert> alerts;
};

using Tokenizers =
    std::vector<std::shared_ptr<const tokens::Tokenizer>>;  // null: estimated; none: all are

class Course {
 public:
  // Both must outlive the course. `load` and `in_flight` are taken of the description; where it has
  // no time, the engine's clock tells it.
  Course(enforce::Engine& engine, DescribedCall& described);
  Course(const Course&) = delete;

  // How models count tokens, by model; else tokens are estimated. Must outlive the course.
  void count_with(const Tokenizers& tokenizers) { tokenizers_ = &tokenizers; }

  // Completes the call, decides about its head and its body, and chooses targets.
  void judge();
  // What is decided in all; it stands until the course ends. `keep_forwarded`: the outcome is to
  // have the call as it was forwarded.
  const decision::Decision& answer(bool keep_forwarded = true);
  // Once. Afterwards `described.call` is what policies saw, its response what the client got.
  Outcome finish();
  // In its place, where only what is counted and what fired matters.
  std::vector<uint32_t> conclude();

  // Null where policies did not see the call.
  const decision::Evaluation* evaluation() const {
    return passage_ ? &passage_->evaluation() : nullptr;
  }
  const enforce::Passage* passage() const { return passage_ ? &*passage_ : nullptr; }
  // The upstream's answer, as policies saw it before they rewrote it.
  const context::Response& response() const { return answer_; }
  // Whether the call does not tell what this target said, and whether it was not tried at all then:
  // it is taken to answer, and what that uses is a guess.
  bool answer_unknown() const { return given_ != Try::Gives::described; }
  bool answer_assumed() const { return given_ == Try::Gives::unknown; }
  // The model that answered; empty where none did.
  const std::string& target() const { return outcome_.target; }

 private:
  std::optional<decision::Decision> refusal();
  std::optional<decision::Decision> unheard(plan::Phase phase) const;
  enforce::Asked expect();
  std::optional<uint32_t> forward(bool keep_forwarded);
  bool came_whole() const;
  std::optional<decision::Decision> answer_to();
  std::optional<decision::Decision> stream();
  std::string given_by_shares(enforce::OutputStream& stream);
  std::string given_as_counted(enforce::OutputStream& stream);
  std::shared_ptr<const tokens::Tokenizer> tokenizer() const;

  enforce::Engine& engine_;
  DescribedCall& described_;
  std::optional<enforce::Passage> passage_;
  std::optional<decision::Decision> refused_;
  const Tokenizers* tokenizers_ = nullptr;
  context::Usage estimate_;
  context::Response answer_;
  Outcome outcome_;
  std::optional<uint32_t> target_;
  Try::Gives given_ = Try::Gives::described;
  bool failed_ = false;
};

}  // namespace aipol::offline
