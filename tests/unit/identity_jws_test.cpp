#include <doctest.h>
#include <fmt/format.h>
#include <openssl/err.h>

#include "runtime/identity/base64url.h"
#include "runtime/identity/jws.h"
#include "tests/support/signing.h"

using namespace aipol;
using namespace aipol::identity;
using testing::encoded;
using testing::SigningKey;

namespace {

std::string reason_of(const std::string& header) {
  const auto jws = parse_jws(encoded(header) + ".e30.AA");
  return jws ? "none" : std::string(jws.error());
}

KeySet set_of(const std::string& text) {
  auto keys = parse_key_set(text);
  REQUIRE(keys);
  return KeySet(std::move(*keys));
}

size_t usable(const std::string& key) { return set_of(testing::jwks({key})).keys().size(); }

bool verifies(const std::string& token, const KeySet& keys) {
  const auto jws = parse_jws(token);
  REQUIRE(jws);
  const Algorithm* algorithm = find_algorithm(jws->algorithm);
  REQUIRE(algorithm != nullptr);
  const auto key = keys.select(jws->key_id, *algorithm);
  return key && is_signed(*jws, *algorithm, **key);
}

}  // namespace

TEST_CASE("base64url has one text for each row of bytes") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(decode_base64url(encoded(bytes)) == bytes);
    bytes += static_cast<char>(i * 7);
  }
  CHECK(decode_base64url("_-8") == "\xff\xef");
  for (const char* wrong :
       {"A", "AA=", "AA==", "AB", "AAB", "A A", "AA\n", "+/8", "AAAAA", "\xc3\xa4"}) {
    CAPTURE(wrong);
    CHECK_FALSE(decode_base64url(wrong));
  }
}

TEST_CASE("every algorithm verifies what it signed, and nothing else") {
  for (const char* name :
       {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}) {
    CAPTURE(name);
    const SigningKey key(name, "k"), other(name, "k");
    const std::string token = key.token(R"({"a":1})");
    const KeySet keys = set_of(testing::jwks({key.jwk()}));
    CHECK(verifies(token, keys));
    CHECK_FALSE(verifies(token, set_of(testing::jwks({other.jwk()}))));
    std::string changed = token;
    changed[changed.rfind('.') + 5] = changed[changed.rfind('.') + 5] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verifies(changed, keys));
    CHECK_FALSE(verifies(token.substr(0, token.rfind('.') + 1), keys));
    CHECK_FALSE(verifies(token + "AAAA", keys));
  }
}

TEST_CASE("algorithms that no issuer may use are not there") {
  for (const char* name :
       {"none", "None", "NONE", "HS256", "HS384", "HS512", "", "es256", "RS1", "ES256K"}) {
    CAPTURE(name);
    CHECK(find_algorithm(name) == nullptr);
  }
}

TEST_CASE("a key serves its own algorithm alone") {
  const SigningKey rsa("RS256", "k"), curve("ES256", "k");
  const std::string as_pss = rsa.sign(R"({"alg":"PS256","kid":"k"})", "{}");
  CHECK_FALSE(verifies(as_pss, set_of(testing::jwks({rsa.jwk()}))));
  const KeySet pinned = set_of(testing::jwks({rsa.jwk(R"("alg":"RS256")")}));
  CHECK(verifies(rsa.token("{}"), pinned));
  CHECK(pinned.select("k", *find_algorithm("RS512")).error() ==
        "the token's algorithm is not that of its key");
  CHECK_FALSE(pinned.select("k", *find_algorithm("ES256")));
  const KeySet p256 = set_of(testing::jwks({curve.jwk()}));
  CHECK_FALSE(p256.select("k", *find_algorithm("ES384")));
}

TEST_CASE("the key is the one that the token names, or the only one that fits") {
  const SigningKey a("ES256", "a"), b("ES256", "b"), twin("ES256", "a"), nameless("ES256");
  const SigningKey rsa("RS256", "r");
  const KeySet two = set_of(testing::jwks({a.jwk(), b.jwk(), rsa.jwk()}));
  const Algorithm& es256 = *find_algorithm("ES256");
  CHECK(two.select("a", es256).value()->id == "a");
  CHECK(two.select("c", es256).error() == KeySet::unknown_key);
  CHECK(two.select(std::nullopt, es256).error() ==
        "more than one of the issuer's keys fits the token");
  CHECK(two.select(std::nullopt, *find_algorithm("RS256")).value()->id == "r");
  CHECK(two.select(std::nullopt, *find_algorithm("EdDSA")).error() == KeySet::unknown_key);
  CHECK_FALSE(set_of(testing::jwks({a.jwk(), twin.jwk()})).select("a", es256));
  CHECK_FALSE(set_of(testing::jwks({nameless.jwk()})).select("a", es256));
  CHECK(set_of(testing::jwks({nameless.jwk()})).select(std::nullopt, es256));
}

TEST_CASE("keys that are weak, foreign or malformed are left out") {
  const SigningKey good("ES256", "k");
  CHECK(usable(good.jwk()) == 1);
  CHECK(usable(good.jwk(R"("use":"sig","key_ops":["verify"],"alg":"ES256","x5t":"a")")) == 1);
  CHECK(usable(good.jwk(R"("use":"enc")")) == 0);
  CHECK(usable(good.jwk(R"("use":1)")) == 0);
  CHECK(usable(good.jwk(R"("key_ops":["encrypt"])")) == 0);
  CHECK(usable(good.jwk(R"("key_ops":"verify")")) == 0);
  CHECK(usable(SigningKey("RS256", "k", 1024).jwk()) == 0);
  CHECK(usable(SigningKey("RS256", "k", 2048).jwk()) == 1);
  for (const char* key :
       {R"({"kty":"oct","k":"AAAA"})", R"({"kty":"RSA","n":"AQAB","e":"AQAB"})", "1", "null", "[]",
        "{}", R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})",
        R"({"kty":"OKP","crv":"X25519","x":"AA"})", R"({"kty":"OKP","crv":"Ed25519","x":"AA"})",
        R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})"}) {
    CAPTURE(key);
    CHECK(usable(key) == 0);
  }
  const std::string off_curve = fmt::format(R"({{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}"}})",
                                            encoded(std::string(32, '\x01')));
  CHECK(usable(off_curve) == 0);
  CHECK(set_of(testing::jwks({off_curve, good.jwk(), "{}"})).keys().size() == 1);
}

TEST_CASE("what is no set of keys is an error") {
  const auto error_of = [](const std::string& text) {
    const auto keys = parse_key_set(text);
    return keys ? "none" : keys.error().message;
  };
  CHECK(error_of("[]") == "not a set of keys: it has no list `keys`");
  CHECK(error_of("{}") == "not a set of keys: it has no list `keys`");
  CHECK(error_of(R"({"keys":{}})") == "not a set of keys: it has no list `keys`");
  CHECK(error_of(R"({"keys":[],"keys":[]})") == "the member \"keys\" is there twice");
  CHECK(error_of("").find("parse error") != std::string::npos);
  CHECK(error_of(std::string(100'000, '[')) == "nested too deeply");
  std::string many = "{}";
  for (int i = 1; i < 100; ++i) many += ",{}";
  CHECK(error_of(fmt::format(R"({{"keys":[{}]}})", many)) == "none");
  CHECK(error_of(fmt::format(R"({{"keys":[{},{{}}]}})", many)) == "the set has more than 100 keys");
}

TEST_CASE("headers of tokens are read strictly") {
  const std::string malformed = "the token is malformed";
  CHECK(reason_of(R"({"alg":"ES256","kid":"a","typ":"JWT","x5t":"b"})") == "none");
  CHECK(reason_of(R"({"alg":"ES256","typ":"at+JWT"})") == "none");
  CHECK(reason_of(R"({"alg":"ES256","b64":true})") == "none");
  CHECK(reason_of(R"({"alg":"ES256","b64":false})") ==
        "the token needs an extension that is not understood");
  CHECK(reason_of(R"({"alg":"ES256","b64":false,"crit":["b64"]})") ==
        "the token needs an extension that is not understood");
  CHECK(reason_of(R"({"alg":"ES256","crit":[]})") ==
        "the token needs an extension that is not understood");
  CHECK(reason_of(R"({"alg":"ES256","typ":"logout+jwt"})") ==
        "the token is of a type that gives no access");
  CHECK(reason_of(R"({"alg":"dir","enc":"A128GCM"})") == "the token is encrypted");
  for (const char* header :
       {"{}", "", "[]", "null", R"({"alg":1})", R"({"alg":"ES256","kid":1})", R"({"alg":"ES256")",
        R"({"alg":"none","alg":"ES256"})", R"({"alg":"ES256","kid":"a","kid":"b"})",
        "{\"alg\":\"ES256\",\"kid\":\"\xff\"}"}) {
    CAPTURE(header);
    CHECK(reason_of(header) == malformed);
  }
}

TEST_CASE("tokens have three parts and an end") {
  const std::string header = encoded(R"({"alg":"ES256"})");
  CHECK(parse_jws(header + ".e30.AA"));
  CHECK(parse_jws(header + ".e30."));
  CHECK(parse_jws(header + ".e30.AA.AA.AA").error() == "the token is encrypted");
  for (const std::string& text : std::vector<std::string>{
           header + ".e30", header, std::string(), header + ".e30.AA.AA", ".e30.AA",
           header + ".e30=.AA", header + ".e30.AA==", header + ".e30.A A",
           " " + header + ".e30.AA"})
    CHECK(parse_jws(text).error() == "the token is malformed");
  const std::string whole =
      header + "." + std::string(largest_token - header.size() - 4, 'A') + ".AA";
  CHECK(whole.size() == largest_token);
  CHECK(parse_jws(whole + "AA").error() == "the token is too long");
  CHECK(parse_jws(whole).has_value() == ((largest_token - header.size() - 4) % 4 != 1));
  CHECK(has_token_form("a.b.c"));
  CHECK(has_token_form("a.b.c.d.e"));
  CHECK_FALSE(has_token_form("aip_abc"));
}

TEST_CASE("what is wrong with keys and signatures leaves nothing behind for TLS to find") {
  const SigningKey key("ES256", "k"), rsa("RS256", "r");
  const KeySet keys =
      set_of(testing::jwks({key.jwk(), rsa.jwk(),
                            fmt::format(R"({{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}"}})",
                                        encoded(std::string(32, '\x01')))}));
  const auto forge = [](std::string token, size_t size) {
    return token.substr(0, token.rfind('.') + 1) + encoded(std::string(size, '\x7f'));
  };
  CHECK_FALSE(verifies(forge(key.token("{}"), 64), keys));
  CHECK_FALSE(verifies(forge(rsa.token("{}"), 256), keys));
  CHECK(ERR_peek_error() == 0);
}
