#include "runtime/http/body_decoder.h"

#include <algorithm>

namespace aipol::http {
namespace {

constexpr size_t longest_size_line = 256;  // with extensions, which nobody uses
constexpr size_t longest_trailer_line = 4096;
constexpr size_t largest_trailers = 16 * 1024;

// 1 to 15 hexadecimal digits, then nothing, blanks or an extension. -1 where it is anything else.
int64_t read_chunk_size(std::string_view line) {
  int64_t size = 0;
  size_t digits = 0;
  for (; digits < line.size(); ++digits) {
    const char c = line[digits];
    int digit = 0;
    if (c >= '0' && c <= '9')
      digit = c - '0';
    else if (c >= 'a' && c <= 'f')
      digit = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
      digit = c - 'A' + 10;
    else
      break;
    if (digits == 15) return -1;
    size = size * 16 + digit;
  }
  if (digits == 0) return -1;
  const size_t rest = line.find_first_not_of(" \t", digits);
  if (rest == line.npos) return digits == line.size() ? size : -1;
  return line[rest] == ';' ? size : -1;
}

bool has_control(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

}  // namespace

BodyDecoder::BodyDecoder(Framing framing, uint64_t length)
    : framing_(framing),
      ended_(framing == Framing::none || (framing == Framing::length && length == 0)),
      left_(framing == Framing::length ? length : 0) {}

BodyDecoder::Step BodyDecoder::decode(std::string_view in, std::vector<std::string_view>& pieces) {
  const size_t given = in.size();
  if (ended_) return {State::end, 0};
  State state = State::more;
  if (framing_ == Framing::chunked) {
    state = decode_chunks(in, pieces);
  } else if (framing_ == Framing::until_close) {
    if (!in.empty()) pieces.push_back(in);
    in = {};
  } else if (take_length(in, pieces)) {
    state = State::end;
  }
  ended_ = state == State::end;
  return {state, given - in.size()};
}

// Takes what belongs to the body or the chunk; is it complete.
bool BodyDecoder::take_length(std::string_view& in, std::vector<std::string_view>& pieces) {
  const size_t taken = std::min<uint64_t>(left_, in.size());
  if (taken > 0) pieces.push_back(in.substr(0, taken));
  in.remove_prefix(taken);
  left_ -= taken;
  return left_ == 0;
}

BodyDecoder::State BodyDecoder::decode_chunks(std::string_view& in,
                                              std::vector<std::string_view>& pieces) {
  State state = State::more;
  while (!in.empty()) {
    switch (part_) {
      case Part::size_line:
        state = take_size_line(in);
        break;
      case Part::data:
        if (!take_length(in, pieces)) return State::more;
        part_ = Part::data_end;
        continue;
      case Part::data_end:
        state = take_data_end(in);
        break;
      case Part::trailer:
        state = take_trailer(in);
        break;
    }
    // `end` of a part means that it was taken; the body's end is the trailer's.
    if (state != State::end) return state;
    if (trailer_bytes_ == ~size_t{0}) return State::end;
  }
  return State::more;
}

// `end`: the line was taken, without its CRLF.
BodyDecoder::State BodyDecoder::take_line(std::string_view& in, std::string_view& line,
                                          size_t limit) {
  const size_t feed = in.find('\n');
  if (feed == in.npos) return in.size() > limit ? State::malformed : State::more;
  if (feed == 0 || feed > limit || in[feed - 1] != '\r') return State::malformed;
  line = in.substr(0, feed - 1);
  if (has_control(line)) return State::malformed;
  in.remove_prefix(feed + 1);
  return State::end;
}

BodyDecoder::State BodyDecoder::take_size_line(std::string_view& in) {
  std::string_view line;
  if (const State state = take_line(in, line, longest_size_line); state != State::end) return state;
  const int64_t size = read_chunk_size(line);
  if (size < 0) return State::malformed;
  left_ = size;
  part_ = size == 0 ? Part::trailer : Part::data;
  return State::end;
}

BodyDecoder::State BodyDecoder::take_data_end(std::string_view& in) {
  if (in[0] != '\r' || (in.size() > 1 && in[1] != '\n')) return State::malformed;
  if (in.size() < 2) return State::more;
  in.remove_prefix(2);
  part_ = Part::size_line;
  return State::end;
}

BodyDecoder::State BodyDecoder::take_trailer(std::string_view& in) {
  std::string_view line;
  if (const State state = take_line(in, line, longest_trailer_line); state != State::end)
    return state;
  if (line.empty()) {
    trailer_bytes_ = ~size_t{0};
    return State::end;
  }
  trailer_bytes_ += line.size();
  const bool named =
      line.find(':') != line.npos && line.find(':') > 0 && line[0] != ' ' && line[0] != '\t';
  return named && trailer_bytes_ <= largest_trailers ? State::end : State::malformed;
}

}  // namespace aipol::http
