// Reads from an answer that passes on as it is what it used: from the body, or from the events of a
// stream. Usage that only the gateway asked for is taken out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/context/call.h"
#include "runtime/dialects/dialect.h"
#include "runtime/dialects/event_stream.h"

namespace aipol::gateway {

// Of the text and the calls of tools, for estimates.
size_t written_bytes(const context::Response& response);

class UsageWatch {
 public:
  // `hides`: of a stream whose client did not ask for usage.
  UsageWatch(dialects::BodyReader& reader, bool stream, bool hides)
      : reader_(reader), stream_(stream), hides_(hides) {}

  // What the client gets of the bytes; the view dies with the next push.
  std::string_view push(std::string_view bytes, bool last);

  // As reported; else counted by what passed: `input`, and of a stream a token an event, or more by
  // its texts; of a whole answer by its text. Nothing where nothing passed.
  std::optional<context::Usage> used(int64_t input);

 private:
  void see(const dialects::EventStream::Event& event);
  std::string_view push_events(std::string_view bytes, bool last);

  void keep(std::string_view bytes);
  std::optional<context::Usage> read_kept();

  static constexpr size_t most_kept = 4 << 20;
  static constexpr size_t most_of_end = 32 << 10;

  dialects::BodyReader& reader_;
  bool stream_, hides_;
  dialects::EventStream events_;
  std::string out_;
  std::string body_;  // of an answer that is no stream; its end, where it is too long
  bool only_end_ = false;
  size_t bytes_ = 0;
  int64_t seen_ = 0;     // events
  size_t quarters_ = 0;  // tokens of their texts, in quarters
  std::optional<context::Usage> reported_;
};

}  // namespace aipol::gateway
