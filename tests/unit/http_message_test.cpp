#include <doctest.h>

#include <string>

#include "runtime/http/body_decoder.h"
#include "runtime/http/buffer.h"
#include "runtime/http/read_head.h"
#include "runtime/http/write_head.h"

using namespace aipol::http;

namespace {

// What a server would answer on reading this head: 200 where it is good, 0 where it is incomplete.
int status_of(std::string_view bytes, HeadLimits limits = {}) {
  HeadScan scan;
  const auto end = scan.find_end(bytes, limits);
  if (!end) return end.error().status;
  if (!*end) return 0;
  RequestHead head;
  const auto read = read_request_head(bytes.substr(0, **end), head);
  return read ? 200 : read.error().status;
}

std::string with(std::string_view fields) {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

struct Decoded {
  std::string body;
  BodyDecoder::State state = BodyDecoder::State::more;
  std::string rest;
};

// Gives the decoder its bytes in steps of `step`, as a slow peer would.
Decoded decode(BodyDecoder decoder, std::string_view bytes, size_t step) {
  Decoded result;
  std::string held;
  for (size_t i = 0; i < bytes.size() && result.state == BodyDecoder::State::more; i += step) {
    held += bytes.substr(i, step);
    std::vector<std::string_view> pieces;
    const auto done = decoder.decode(held, pieces);
    for (const auto piece : pieces) result.body += piece;
    held.erase(0, done.consumed);
    result.state = done.state;
  }
  result.rest = held;
  return result;
}

Decoded dechunk(std::string_view bytes, size_t step = 1000) {
  return decode(BodyDecoder(Framing::chunked, 0), bytes, step);
}

}  // namespace

TEST_CASE("a request head is read") {
  const std::string bytes =
      "POST /v1/chat?x=1 HTTP/1.1\r\nHost: example.com\r\nContent-Length: "
      "12\r\nX-Empty:\r\nAccept:  a, b \t\r\n\r\n";
  HeadScan scan;
  const auto end = scan.find_end(bytes + "body", {});
  REQUIRE(end);
  REQUIRE(**end == bytes.size());
  RequestHead head;
  REQUIRE(read_request_head(bytes, head));
  CHECK(head.method == "post");
  CHECK(head.target == "/v1/chat?x=1");
  CHECK(head.host == "example.com");
  CHECK(head.framing == Framing::length);
  CHECK(head.length == 12);
  CHECK(head.keep_alive);
  CHECK(head.find("x-empty")->value.empty());
  CHECK(head.find("accept")->value == "a, b");
  CHECK(head.find("cookie") == nullptr);
}

TEST_CASE("a head is found however it arrives") {
  const std::string bytes = with("A: b\r\n");
  HeadScan scan;
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto end = scan.find_end(std::string_view(bytes).substr(0, size), {});
    REQUIRE(end);
    CHECK_FALSE(*end);
  }
  CHECK(**scan.find_end(bytes, {}) == bytes.size());
}

TEST_CASE("keep-alive follows version and Connection") {
  const auto keeps = [](std::string_view bytes) {
    RequestHead head;
    REQUIRE(read_request_head(bytes, head));
    return head.keep_alive;
  };
  CHECK(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  CHECK(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_CASE("request heads that are refused") {
  struct Case {
    int status;
    std::string bytes;
  };
  const Case cases[] = {
      {200, with("")},
      {200, "GET / HTTP/1.0\r\n\r\n"},
      {200, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
      {200, "GET http://h/p HTTP/1.1\r\nHost: h\r\n\r\n"},
      {200, with("Transfer-Encoding: Chunked\r\n")},
      // framing
      {400, with("Content-Length: 5\r\nContent-Length: 6\r\n")},
      {400, with("Content-Length: 5\r\nContent-Length: 5\r\n")},
      {400, with("Content-Length: 5, 5\r\n")},
      {400, with("Content-Length: +5\r\n")},
      {400, with("Content-Length: -1\r\n")},
      {400, with("Content-Length: 0x5\r\n")},
      {400, with("Content-Length: 5 5\r\n")},
      {400, with("Content-Length:\r\n")},
      {400, with("Content-Length: 99999999999999999999999\r\n")},
      {400, with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
      {400, with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
      {400, with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {400, with("Transfer-Encoding: chunked, identity\r\n")},
      {400, with("Transfer-Encoding:\x0b chunked\r\n")},
      {400, with("Transfer-Encoding : chunked\r\n")},
      {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {501, with("Transfer-Encoding: gzip, chunked\r\n")},
      {501, with("Transfer-Encoding: xchunked\r\n")},
      {501, with("Transfer-Encoding: identity\r\n")},
      // lines
      {400, "GET / HTTP/1.1\nHost: a\n\n"},
      {400, "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"},
      {400, with("A: b\n")},
      {400, with("A: b\rC: d\r\n")},
      {400, with("A: b\r\n folded\r\n")},
      {400, with("A: b\r\n\tfolded\r\n")},
      {400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
      {400, with(std::string_view("A: b\0c\r\n", 8))},
      {400, with(": b\r\n")},
      {400, with("no colon\r\n")},
      {400, with("A b: c\r\n")},
      {400, with("A\xc3\xa9: c\r\n")},
      // request line
      {400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
      {400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
      {400, "GET /\r\n\r\n"},
      {400, "get / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {400, "GET / RTSP/1.0\r\nHost: a\r\n\r\n"},
      {400, "\x16\x03\x01\x02"},
      {400, " GET / HTTP/1.1\r\n\r\n"},
      {501, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {501, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {501, "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
      {505, "PRI * HTTP/2.0\r\n\r\n"},
      {505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
      // host, expectation, upgrade
      {400, "GET / HTTP/1.1\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
      {417, with("Expect: 200-ok\r\n")},
      {501, with("Connection: upgrade\r\nUpgrade: websocket\r\n")},
      {501, with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n")},
  };
  for (const Case& one : cases) {
    CAPTURE(one.bytes);
    CHECK(status_of(one.bytes) == one.status);
  }
}

TEST_CASE("heads are bounded") {
  CHECK(status_of(with("A: " + std::string(2000, 'x') + "\r\n"), {1000, 100}) == 431);
  CHECK(status_of(std::string(1001, 'A'), {1000, 100}) == 431);
  std::string many;
  for (int i = 0; i < 11; ++i) many += "A: b\r\n";
  CHECK(status_of(with(many), {100000, 10}) == 431);
  CHECK(status_of(with(many), {100000, 12}) == 200);
}

TEST_CASE("answers are read, strictly too") {
  ResponseHead head;
  REQUIRE(read_response_head("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", false, head));
  CHECK(head.status == 200);
  CHECK(head.framing == Framing::length);
  CHECK(head.keep_alive);
  REQUIRE(read_response_head("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", true, head));
  CHECK(head.framing == Framing::none);
  REQUIRE(read_response_head("HTTP/1.1 204 \r\n\r\n", false, head));
  CHECK(head.framing == Framing::none);
  REQUIRE(read_response_head("HTTP/1.0 200 OK\r\n\r\n", false, head));
  CHECK(head.framing == Framing::until_close);
  CHECK_FALSE(head.keep_alive);
  REQUIRE(read_response_head(
      "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n", false, head));
  CHECK(head.framing == Framing::chunked);
  CHECK_FALSE(head.keep_alive);
  for (const char* bytes :
       {"HTTP/1.1 2000 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    CAPTURE(bytes);
    CHECK_FALSE(read_response_head(bytes, false, head));
  }
}

TEST_CASE("chunks are taken apart however they arrive") {
  const std::string bytes =
      "5\r\nhello\r\n1;ext=\"x\"\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nNEXT";
  for (const size_t step : {1, 2, 3, 7, 1000}) {
    CAPTURE(step);
    const Decoded result = dechunk(bytes, step);
    CHECK(result.state == BodyDecoder::State::end);
    CHECK(result.body == "hello 0123456789");
    CHECK(std::string("NEXT").starts_with(result.rest));
  }
}

TEST_CASE("malformed chunks are refused") {
  for (const char* bytes :
       {"5\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "g\r\n",
        "-1\r\n", "0x5\r\n", "\r\n", " 5\r\n", "5 \r\nhello\r\n", "5 x\r\n", "1000000000000000\r\n",
        "5;a\x01\r\n", "0\r\nbad\r\n\r\n", "0\r\n: x\r\n\r\n", "0\r\n x: y\r\n\r\n", "0\r\n\n"}) {
    CAPTURE(bytes);
    CHECK(dechunk(bytes).state == BodyDecoder::State::malformed);
    CHECK(dechunk(bytes, 1).state == BodyDecoder::State::malformed);
  }
  CHECK(dechunk("5" + std::string(300, '0')).state == BodyDecoder::State::malformed);
  CHECK(dechunk("1;" + std::string(300, 'x')).state == BodyDecoder::State::malformed);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 10; ++i) trailers += "A: " + std::string(3000, 'x') + "\r\n";
  CHECK(dechunk(trailers + "\r\n").state == BodyDecoder::State::malformed);
}

TEST_CASE("a body of known length ends at its length") {
  const Decoded result = decode(BodyDecoder(Framing::length, 5), "hellonext", 2);
  CHECK(result.state == BodyDecoder::State::end);
  CHECK(result.body == "hello");
  CHECK(decode(BodyDecoder(Framing::length, 5), "hell", 2).state == BodyDecoder::State::more);
  CHECK(BodyDecoder(Framing::length, 0).ended());
  CHECK_FALSE(BodyDecoder(Framing::length, 1).may_end());
  CHECK(BodyDecoder(Framing::until_close, 0).may_end());
}

TEST_CASE("a buffer keeps its bytes while it grows and moves") {
  Buffer buffer(8);
  buffer.append("abcdef");
  buffer.consume(4);
  buffer.reserve(5);
  CHECK(buffer.data() == "ef");
  buffer.append("0123456789");
  CHECK(buffer.data() == "ef0123456789");
  buffer.consume(12);
  CHECK(buffer.empty());
  CHECK(buffer.room() >= 12);
}

TEST_CASE("heads are written") {
  std::string out;
  HeadWriter writer(out);
  writer.status_line(404);
  writer.field("a", "b");
  writer.field("content-length", uint64_t{12});
  writer.end();
  CHECK(out == "HTTP/1.1 404 Not Found\r\na: b\r\ncontent-length: 12\r\n\r\n");
  CHECK(reason_phrase(299) == "Status");
  CHECK(is_field_value("a b"));
  CHECK_FALSE(is_field_value("a\r\nb"));
  CHECK(http_date().size() == 29);
}
