// Any bytes on a connection: heads and bodies are read within their bounds, and alike however the
// bytes arrive.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/http/body_decoder.h"
#include "runtime/http/read_head.h"

using namespace aipol::http;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// A head's size where it is found; -1 where it is malformed, 0 where it is incomplete.
long find_end(std::string_view bytes, size_t step) {
  HeadScan scan;
  for (size_t size = 0;; size += step) {
    const auto end = scan.find_end(bytes.substr(0, size), {1024, 20});
    if (!end) return -1;
    if (*end) return static_cast<long>(**end);
    if (size >= bytes.size()) return 0;
  }
}

bool within(std::string_view inner, std::string_view outer) {
  return inner.empty() || (inner.data() >= outer.data() &&
                           inner.data() + inner.size() <= outer.data() + outer.size());
}

void check_fields(const Head& head, std::string_view bytes) {
  for (const Field& field : head.fields) {
    require(!field.name.empty() && within(field.name, bytes) && within(field.value, bytes));
    require(field.value.find_first_of("\r\n") == field.value.npos);
  }
}

struct Decoded {
  std::string body;
  BodyDecoder::State state = BodyDecoder::State::more;
};

Decoded decode(BodyDecoder decoder, std::string_view bytes, size_t step) {
  Decoded result;
  std::string held;
  std::vector<std::string_view> pieces;
  for (size_t at = 0; at < bytes.size() && result.state == BodyDecoder::State::more; at += step) {
    held += bytes.substr(at, step);
    pieces.clear();
    const auto done = decoder.decode(held, pieces);
    require(done.consumed <= held.size());
    for (const std::string_view piece : pieces) {
      require(within(piece, held));
      result.body += piece;
    }
    held.erase(0, done.consumed);
    result.state = done.state;
  }
  return result;
}

void check_body(const BodyDecoder& decoder, std::string_view bytes) {
  const Decoded whole = decode(decoder, bytes, bytes.size() + 1);
  const Decoded bits = decode(decoder, bytes, 1);
  require(whole.state == bits.state);
  require(whole.state == BodyDecoder::State::malformed || whole.body == bits.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_body(BodyDecoder(Framing::chunked, 0), bytes);
  const long end = find_end(bytes, size + 1);
  require((end > 0) == (find_end(bytes, 1) > 0));
  if (end <= 0) return 0;
  const std::string_view head = bytes.substr(0, end);
  RequestHead request;
  if (read_request_head(head, request)) {
    check_fields(request, head);
    require(request.minor == 0 || !request.host.empty() || request.find("host")->value.empty());
    require(!(request.find("content-length") && request.find("transfer-encoding")));
    check_body(BodyDecoder(request), bytes.substr(end));
  }
  ResponseHead response;
  if (read_response_head(head, false, response)) check_fields(response, head);
  return 0;
}
