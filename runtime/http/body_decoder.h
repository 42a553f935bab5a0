// Takes the framing off a body (RFC 9112 sections 6 and 7) as its bytes arrive, without copying. As
// strict as the heads: chunk lines end in CRLF, extensions and trailers are bounded, read and
// dropped.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/http/message.h"

namespace aipol::http {

class BodyDecoder {
 public:
  enum class State : uint8_t { more, end, malformed };
  struct Step {
    State state = State::more;
    size_t consumed = 0;  // of the given bytes; those after the end belong to the next message
  };

  BodyDecoder() = default;  // of a message without body
  BodyDecoder(Framing framing, uint64_t length);
  explicit BodyDecoder(const Head& head) : BodyDecoder(head.framing, head.length) {}

  // Appends views of the body's bytes in `in` to `pieces`. Bytes that are not consumed must be
  // given again, with more behind them (a chunk line that is incomplete).
  Step decode(std::string_view in, std::vector<std::string_view>& pieces);

  // The connection has ended: was that the body's end, too.
  bool may_end() const { return framing_ == Framing::until_close || ended_; }
  bool ended() const { return ended_; }

 private:
  enum class Part : uint8_t { size_line, data, data_end, trailer };

  bool take_length(std::string_view& in, std::vector<std::string_view>& pieces);
  State decode_chunks(std::string_view& in, std::vector<std::string_view>& pieces);
  State take_line(std::string_view& in, std::string_view& line, size_t limit);
  State take_size_line(std::string_view& in);
  State take_data_end(std::string_view& in);
  State take_trailer(std::string_view& in);

  Framing framing_ = Framing::none;
  Part part_ = Part::size_line;
  bool ended_ = true;
  uint64_t left_ = 0;  // of the body, or of the current chunk
  size_t trailer_bytes_ = 0;
};

}  // namespace aipol::http
