#include "runtime/upstream/echo.h"

#include <doctest.h>

#include <nlohmann/json.hpp>

#include "runtime/upstream/remote.h"

using namespace aipol;
using namespace aipol::upstream;
using Json = nlohmann::json;

namespace {

context::Ai chat(std::string text) {
  context::Ai ai;
  ai.messages = {{"system", "be kind"},
                 {"user", "first"},
                 {"assistant", "yes"},
                 {"user", std::move(text)},
                 {"tool", "x"}};
  return ai;
}

EchoCall call(const context::Ai& ai, bool wants_usage = false) {
  return {ai, "m", "r1", 1700000000, wants_usage};
}

std::string joined(const std::vector<std::string>& events) {
  std::string text;
  for (const std::string& event : events) {
    if (event == "data: [DONE]\n\n") continue;
    const Json chunk = Json::parse(event.substr(6));
    if (chunk["choices"].empty()) continue;
    text += chunk["choices"][0]["delta"].value("content", "");
  }
  return text;
}

}  // namespace

TEST_CASE("echo answers with what the user said last") {
  const context::Ai ai = chat("Grüße, \"you\"");
  const Json answer = Json::parse(echo_answer(call(ai)));
  CHECK(answer["id"] == "chatcmpl-r1");
  CHECK(answer["object"] == "chat.completion");
  CHECK(answer["created"] == 1700000000);
  CHECK(answer["model"] == "m");
  CHECK(answer["choices"][0]["message"]["content"] == "Grüße, \"you\"");
  CHECK(answer["choices"][0]["finish_reason"] == "stop");
  CHECK(answer["usage"]["completion_tokens"] == 3);  // 12 characters
  CHECK(answer["usage"]["prompt_tokens"] == 2 + 2 + 1 + 3 + 1);
  CHECK(echo_answer(call(ai)) == echo_answer(call(ai)));
}

TEST_CASE("echo stops at max_tokens") {
  context::Ai ai = chat("äöüßäöüß-");
  ai.max_tokens = 2;
  const Json answer = Json::parse(echo_answer(call(ai)));
  CHECK(answer["choices"][0]["message"]["content"] == "äöüßäöüß");
  CHECK(answer["choices"][0]["finish_reason"] == "length");
  ai.max_tokens = INT64_MAX;
  CHECK(Json::parse(echo_answer(call(ai)))["choices"][0]["finish_reason"] == "stop");
}

TEST_CASE("echo streams the same text") {
  for (const std::string& text :
       {std::string("a b  c"), std::string(), std::string(" "), std::string(100000, 'x'), [] {
          std::string words;
          for (int i = 0; i < 50000; ++i) words += "wörd ";
          return words;
        }()}) {
    const context::Ai ai = chat(text);
    const auto events = echo_events(call(ai));
    CHECK(joined(events) == text);
    CHECK(events.size() < 1100);
    CHECK(events.back() == "data: [DONE]\n\n");
  }
}

TEST_CASE("echo tells usage at the end where asked") {
  const context::Ai ai = chat("one two");
  const auto plain = echo_events(call(ai));
  const auto counted = echo_events(call(ai, true));
  CHECK(counted.size() == plain.size() + 1);
  const Json usage = Json::parse(counted[counted.size() - 2].substr(6));
  CHECK(usage["choices"].empty());
  CHECK(usage["usage"]["completion_tokens"] == 2);
  CHECK(Json::parse(plain[0].substr(6)).contains("usage") == false);
  CHECK(Json::parse(counted[0].substr(6))["usage"].is_null());
}

TEST_CASE("provider urls are taken apart") {
  plan::Provider provider{"p", "openai", "https://api.openai.com", {}, {}, {}};
  auto remote = make_remote(provider, "sk");
  REQUIRE(remote);
  CHECK(remote->tls);
  CHECK(remote->port == "443");
  CHECK(remote->authorization == "Bearer sk");
  CHECK(remote_target(*remote, "/v1/chat/completions") == "/v1/chat/completions");
  provider.url = "http://[::1]:8000/base/v1/";
  remote = make_remote(provider, "");
  REQUIRE(remote);
  CHECK(remote->host == "::1");
  CHECK(remote->port == "8000");
  CHECK(remote->authority == "[::1]:8000");
  CHECK(remote->authorization.empty());
  CHECK(remote_target(*remote, "/v1/chat/completions") == "/base/v1/chat/completions");
  CHECK(remote_target(*remote, "/other") == "/base/v1/other");
  for (const char* url :
       {"", "api.openai.com", "ftp://a", "http://", "http://a:0", "http://a:70000", "http://u@a",
        "http://a?b", "http://a b", "http://[::1", "http://a:b"}) {
    CAPTURE(url);
    provider.url = url;
    CHECK_FALSE(make_remote(provider, ""));
  }
}
