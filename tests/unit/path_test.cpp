#include "runtime/context/path.h"

#include <doctest.h>

using aipol::context::escape_path;
using aipol::context::read_target;

namespace {

std::string path_of(std::string_view target) {
  const auto read = read_target(target);
  return read ? read->path : "error: " + read.error().message;
}

bool is_refused(std::string_view target) { return !read_target(target); }

}  // namespace

TEST_CASE("paths are resolved") {
  CHECK(path_of("/") == "/");
  CHECK(path_of("/v1/chat") == "/v1/chat");
  CHECK(path_of("/v1//chat///completions") == "/v1/chat/completions");
  CHECK(path_of("/v1/./chat/.") == "/v1/chat/");
  CHECK(path_of("/v1/ai/../chat") == "/v1/chat");
  CHECK(path_of("/a/b/..") == "/a/");
  CHECK(path_of("/a/..") == "/");
  CHECK(path_of("/../../etc") == "/etc");
  CHECK(path_of("/a/../../b/./c/") == "/b/c/");
  CHECK(path_of("/a//../b") == "/b");  // an empty segment is none
  CHECK(path_of("/...") == "/...");
}

TEST_CASE("paths are decoded once, before dots are resolved") {
  CHECK(path_of("/%61") == "/a");
  CHECK(path_of("/a/%2e%2E/b") == "/b");
  CHECK(path_of("/%252e%252e/b") == "/%2e%2e/b");
  CHECK(path_of("/caf%C3%A9") == "/caf\xc3\xa9");
  CHECK(path_of("/a+b") == "/a+b");
}

TEST_CASE("what no path may hold is refused") {
  for (const char* target :
       {"/a%2fb",  "/a%2Fb",    "/a%00",       "/a%0a",   "/a%7F",      "/a%",
        "/a%2",    "/a%zz",     "/%ff",        "/%C0%AF", "/%ED%A0%80", "/a#b",
        "/a b",    "/\xc3\xa9", "a",           "",        "ftp://h/",   "//",
        "http://", "http:///x", "http://u@h/", "/?a=%",   "/?a=%00",    "/?%ff"}) {
    CAPTURE(target);
    CHECK(is_refused(target) == (std::string_view(target) != "//"));
  }
}

TEST_CASE("queries are decoded pair by pair") {
  const auto target = read_target("/x?a=1&b=%26+c&d&=e&&f=g=h");
  REQUIRE(target);
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(target->query == Pairs{{"a", "1"}, {"b", "& c"}, {"d", ""}, {"", "e"}, {"f", "g=h"}});
  CHECK(target->raw_query == "a=1&b=%26+c&d&=e&&f=g=h");
}

TEST_CASE("the absolute form names the host") {
  const auto target = read_target("HTTP://example.com:8080/a/../b?c=d");
  REQUIRE(target);
  CHECK(target->host == "example.com:8080");
  CHECK(target->path == "/b");
  CHECK(path_of("http://example.com") == "/");
  CHECK(path_of("http://example.com?x=1") == "/");
  CHECK(path_of("*") == "*");
}

TEST_CASE("escaping a path is undone by reading it") {
  for (const char* path : {"/a b", "/100%", "/\xc3\xa9?#", "/a;b=c", "/..x"}) {
    CAPTURE(path);
    CHECK(path_of(escape_path(path)) == path);
  }
}
