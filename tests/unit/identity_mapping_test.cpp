#include <doctest.h>

#include "runtime/identity/claims.h"
#include "runtime/identity/mapping.h"
#include "tests/support/signing.h"

using namespace aipol;
using namespace aipol::identity;
using Json = nlohmann::json;
using Mapping = plan::Identity::Mapping;

namespace {

constexpr int64_t second = 1'000'000'000;

context::Principal mapped(const char* claims, const std::vector<Mapping>& mapping) {
  context::Principal principal;
  principal.kind = "user";
  principal.name = "before";
  map_claims(Json::parse(claims), mapping, principal);
  return principal;
}

Mapping from(std::string field, std::string claim, std::string member = "") {
  return {std::move(field), std::move(claim), std::move(member), std::nullopt};
}

std::string times(const char* claims, int64_t leeway, int64_t now) {
  const auto life = check_times(Json::parse(claims), leeway * second, now);
  return life ? "good" : std::string(life.error());
}

}  // namespace

TEST_CASE("claims are found by their path") {
  const Json claims = Json::parse(
      R"({"a":{"b":{"c":1},"b.c":2},"x.y":3,"x":{"y":4},"https://acme.example/team":"red","n":null})");
  CHECK(*find_claim(claims, "x.y") == 3);
  CHECK(*find_claim(claims, "a.b.c") == 2);
  CHECK(*find_claim(claims, "a.b") == Json({{"c", 1}}));
  CHECK(*find_claim(claims, "https://acme.example/team") == "red");
  for (const char* path : {"a.c", "b", "", ".", "a.", ".a", "a..b", "x.y.z", "n.m", "a.b.c.d"}) {
    CAPTURE(path);
    CHECK(find_claim(claims, path) == nullptr);
  }
}

TEST_CASE("claims become the principal") {
  const auto who = mapped(
      R"({"sub":"u1","groups":["a","b",3,{}],"org":{"team":"red"},"amr":["pwd","mfa"],"act":{"sub":"bot"},
          "scope":"read  write ","app":"app","t":7,"exp2":1700000000,"level":3,"ok":true,"f":0.5,"list":["x",1]})",
      {from("id", "sub"), from("roles", "groups"), from("team", "org.team"),
       from("mfa", "amr", "mfa"), from("actor", "act.sub"), from("scopes", "scope"),
       from("kind", "app"), from("tenant", "t"), from("expires", "exp2"), from("level", "level"),
       from("ok", "ok"), from("f", "f"), from("list", "list"), from("otp", "amr", "otp")});
  CHECK(who.id == "u1");
  CHECK(who.name == "before");
  CHECK(who.roles == std::vector<std::string>{"a", "b", "3"});
  CHECK(who.scopes == std::vector<std::string>{"read", "write"});
  CHECK(std::get<std::string>(*who.attributes.find("team")) == "red");
  CHECK(who.mfa);
  CHECK(who.actor == "bot");
  CHECK(who.kind == "app");
  CHECK(who.tenant == "7");
  CHECK(who.expires_ns == 1700000000 * second);
  CHECK(std::get<int64_t>(*who.attributes.find("level")) == 3);
  CHECK(std::get<bool>(*who.attributes.find("ok")));
  CHECK(std::get<double>(*who.attributes.find("f")) == 0.5);
  CHECK(std::get<std::vector<std::string>>(*who.attributes.find("list")) ==
        std::vector<std::string>{"x", "1"});
  CHECK(std::get<bool>(*who.attributes.find("otp")) == false);
}

TEST_CASE("claims of the wrong type are as good as none") {
  const auto who =
      mapped(R"({"o":{},"n":null,"s":"admin","big":18446744073709551615,"robot":"robot"})",
             {from("name", "o"), from("roles", "o"), from("mfa", "s"), from("kind", "robot"),
              from("actor", "n"), from("expires", "o"), from("team", "o"), from("level", "big"),
              from("groups", "s")});
  CHECK(who.name == "before");
  CHECK(who.roles.empty());
  CHECK_FALSE(who.mfa);
  CHECK(who.kind == "user");
  CHECK_FALSE(who.actor);
  CHECK_FALSE(who.expires_ns);
  CHECK(who.attributes.empty());
  CHECK(who.groups == std::vector<std::string>{"admin"});
}

TEST_CASE("what is not a claim is the same for everybody") {
  const std::vector<Mapping> mapping = {{"kind", "", "", plan::Constant(int64_t{2})},
                                        {"mfa", "", "", plan::Constant(true)},
                                        {"ok", "", "", plan::Constant(true)}};
  const auto who = mapped("{}", mapping);
  CHECK(who.kind == "app");
  CHECK(who.mfa);
  CHECK(std::get<bool>(*who.attributes.find("ok")));
}

TEST_CASE("tokens have their time, with leeway") {
  const int64_t now = 1000 * second;
  CHECK(times(R"({"exp":1001})", 0, now) == "good");
  CHECK(times(R"({"exp":1000})", 0, now) == "the token has expired");
  CHECK(times(R"({"exp":1000})", 0, now - 1) == "good");
  CHECK(times(R"({"exp":940})", 60, now) == "the token has expired");
  CHECK(times(R"({"exp":940})", 60, now - 1) == "good");
  CHECK(times(R"({"exp":941})", 60, now) == "good");
  CHECK(times(R"({"exp":2000,"nbf":1000})", 0, now) == "good");
  CHECK(times(R"({"exp":2000,"nbf":1001})", 0, now) == "the token is not valid yet");
  CHECK(times(R"({"exp":2000,"nbf":1060})", 60, now) == "good");
  CHECK(times(R"({"exp":2000,"nbf":1060})", 60, now - 1) == "the token is not valid yet");
  CHECK(times(R"({"exp":2000,"iat":1061})", 60, now) == "the token is not valid yet");
  CHECK(times(R"({"exp":1000.5})", 0, now) == "good");
  CHECK(times(R"({"exp":1e300})", 60, now) == "good");
  CHECK(times(R"({"exp":18446744073709551615})", 60, now) == "good");
  CHECK(times(R"({"exp":-1})", 60, now) == "the token has expired");
  CHECK(times(R"({"exp":-9223372036854775808})", 60, now) == "the token has expired");
  CHECK(times("{}", 60, now) == "the token does not say when it expires");
  for (const char* claims : {R"({"exp":"1001"})", R"({"exp":null})", R"({"exp":[1001]})"})
    CHECK(times(claims, 60, now) == "the token is malformed");
  CHECK(times(R"({"exp":2000,"nbf":"1"})", 60, now) == "the token is malformed");
  CHECK(times(R"({"exp":2000,"iat":{}})", 60, now) == "the token is malformed");
}

TEST_CASE("tokens are for those whom they name") {
  const auto meant = [](const char* claims) { return is_meant_for(Json::parse(claims), "ai"); };
  CHECK(meant(R"({"aud":"ai"})"));
  CHECK(meant(R"({"aud":["x","ai"]})"));
  for (const char* claims :
       {"{}", R"({"aud":"x"})", R"({"aud":["x"]})", R"({"aud":[]})", R"({"aud":{"ai":1}})",
        R"({"aud":[["ai"]]})", R"({"aud":null})", R"({"aud":"ai "})", R"({"aud":"AI"})"}) {
    CAPTURE(claims);
    CHECK_FALSE(meant(claims));
  }
  CHECK(is_issued_by(Json::parse(R"({"iss":"a"})"), "a"));
  CHECK_FALSE(is_issued_by(Json::parse(R"({"iss":["a"]})"), "a"));
  CHECK_FALSE(is_issued_by(Json::parse("{}"), ""));
}
