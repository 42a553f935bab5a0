// An answer's text on its way to the client, piece by piece: cut where a policy refuses what
// follows or a limit ends it, redacted, with placeholders put back. Held back is only what is not
// decided yet; all of it where a policy has to see the whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/enforce/answer_watch.h"
#include "runtime/enforce/passage.h"
#include "runtime/enforce/redacting_stream.h"

namespace aipol::enforce {

class OutputStream {
 public:
  // Of a call whose answer begins: call.response has its status and no text. The passage must
  // outlive the stream.
  explicit OutputStream(Passage& passage);

  // What the client gets now. `so_far` is what the call used with this piece. After `refused`
  // nothing more is to come.
  std::string push(std::string_view piece, const context::Usage& so_far, bool last);
  // Why the answer ends, or is not given.
  const std::optional<decision::Decision>& refused() const { return refused_; }
  // Whether the client had some of it before: `refused` cut it there.
  bool cut() const { return refused_ && passed_; }

 private:
  std::string flow(std::string_view piece, bool last);
  std::string_view admitted(std::string_view piece, const context::Usage& so_far);
  void end();

  Passage& passage_;
  AnswerWatch watch_;
  Redaction redaction_;
  RedactingStream redacting_;
  RestoringStream restoring_;
  context::Usage used_;  // by what was passed on
  std::optional<decision::Decision> over_limit_;
  std::optional<decision::Decision> refused_;
  bool passed_ = false;
};

}  // namespace aipol::enforce
