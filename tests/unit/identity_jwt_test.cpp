#include <doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "runtime/identity/identities.h"
#include "runtime/identity/issuer_keys.h"
#include "runtime/identity/key_file.h"
#include "tests/support/http_server.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/signing.h"

using namespace aipol;
using namespace aipol::identity;
using namespace std::chrono_literals;
using testing::HttpServer;
using testing::ScratchFolder;
using testing::SigningKey;

namespace {

constexpr int64_t second = 1'000'000'000;
constexpr int64_t now = 1'700'000'000 * second;

plan::Identity jwt(std::string name, std::string jwks, std::string issuer = "https://idp.example") {
  plan::Identity made;
  made.name = std::move(name);
  made.kind = "jwt";
  made.header = "authorization";
  made.issuer = std::move(issuer);
  made.audience = "ai";
  made.jwks = std::move(jwks);
  made.algorithms = {"RS256", "PS256", "ES256", "EdDSA"};
  made.leeway = 60s;
  made.refresh = 1h;
  return made;
}

std::string claims(const std::string& more = "",
                   const std::string& issuer = "https://idp.example") {
  return fmt::format(R"({{"iss":"{}","aud":"ai","sub":"dana","exp":1700000300{}}})", issuer, more);
}

// What a caller with that token is told, "known" or "anonymous" where nothing is wrong.
std::string told(const Identities& identities, const std::string& token, int64_t at = now,
                 context::Principal* who = nullptr) {
  context::Principal principal;
  const Verdict verdict =
      identities.identify({{"authorization", "Bearer " + token}}, at, principal);
  if (who != nullptr) *who = principal;
  if (verdict.kind == Verdict::Kind::known) return "known";
  CHECK(principal.kind == "anonymous");
  return verdict.kind == Verdict::Kind::bad ? std::string(verdict.reason) : "anonymous";
}

Identities load(const std::vector<plan::Identity>& declared, const ScratchFolder& folder,
                const Identities::Options& options = {}) {
  auto loaded = Identities::load(declared, folder.path(), options);
  REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
  return std::move(*loaded);
}

// Waits for what background threads do; false where it does not come.
bool soon(const std::function<bool()>& condition) {
  for (int i = 0; i < 4000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

// An issuer whose set of keys may change.
class Issuer {
 public:
  explicit Issuer(std::string keys) : keys_(std::move(keys)) {}
  void publish(std::string keys) {
    const std::lock_guard lock(lock_);
    keys_ = std::move(keys);
  }
  void answer(int status) { status_ = status; }
  std::string url() const { return server_.url(); }
  int requests() const { return server_.requests(); }

 private:
  HttpServer::Answer serve(const std::string& path) {
    const std::lock_guard lock(lock_);
    if (path == "/jwks") return {status_, keys_};
    if (path != "/.well-known/openid-configuration") return {404, ""};
    return {200, fmt::format(R"({{"issuer":"{0}","jwks_uri":"{0}/jwks"}})", server_.url())};
  }

  std::mutex lock_;
  std::string keys_;
  std::atomic<int> status_{200};
  HttpServer server_{[this](const std::string& path) { return serve(path); }};
};

}  // namespace

TEST_CASE("a good token gives a principal") {
  const ScratchFolder folder;
  const SigningKey key("ES256", "k1");
  folder.write("jwks.json", testing::jwks({key.jwk()}));
  plan::Identity declared = jwt("corp", "jwks.json");
  const Identities plain = load({declared}, folder);
  declared.map = {
      {"roles", "groups", "", {}}, {"team", "org.team", "", {}}, {"name", "name", "", {}}};
  const Identities identities = load({declared}, folder);
  const std::string token =
      key.token(claims(R"(,"groups":["a"],"org":{"team":"red"},"name":"Dana")"));
  context::Principal who;
  for (int again = 0; again < 2; ++again) {  // the second time from the cache
    CHECK(told(identities, token, now, &who) == "known");
    CHECK(who.kind == "user");
    CHECK(who.method == "jwt");
    CHECK(who.id == "dana");
    CHECK(who.name == "Dana");
    CHECK(who.roles == std::vector<std::string>{"a"});
    CHECK(std::get<std::string>(*who.attributes.find("team")) == "red");
    CHECK(who.expires_ns == 1'700'000'300 * second);
  }
  CHECK(told(plain, token, now, &who) == "known");
  CHECK(who.id == "dana");
  CHECK(who.name.empty());
  CHECK(who.roles.empty());
}

TEST_CASE("bad tokens are refused with their reason") {
  const ScratchFolder folder;
  const SigningKey key("ES256", "k1"), forger("ES256", "k1"), rsa("RS256", "r"),
      other("RS512", "r");
  folder.write("jwks.json", testing::jwks({key.jwk(), rsa.jwk()}));
  const Identities identities = load({jwt("corp", "jwks.json")}, folder);
  const std::string good = key.token(claims());
  CHECK(told(identities, good) == "known");
  CHECK(told(identities, forger.token(claims())) ==
        "the token's signature is not that of its issuer");
  CHECK(told(identities, key.token(claims("", "https://evil.example"))) ==
        "the token's issuer is not known here");
  CHECK(told(identities,
             key.token(R"({"iss":"https://idp.example","aud":"other","exp":1800000000})")) ==
        "the token is meant for another audience");
  CHECK(told(identities, key.token(R"({"iss":"https://idp.example","aud":"ai"})")) ==
        "the token does not say when it expires");
  CHECK(told(identities, key.token(claims(R"(,"sub":"admin")"))) == "the token is malformed");
  CHECK(told(identities, key.token("[]")) == "the token is malformed");
  CHECK(told(identities, rsa.sign(R"({"alg":"RS512","kid":"r"})", claims())) ==
        "the token is signed in a way that is not accepted");
  CHECK(told(identities, SigningKey("ES256", "k9").token(claims())) ==
        "the token is signed with a key that is unknown");
  CHECK(told(identities, "abc") == "the credential is not known");
  CHECK(told(identities, "a.b.c") == "the token is malformed");
  CHECK(told(identities, good + ".AA.AA") == "the token is encrypted");
  const size_t dot = good.rfind('.');
  CHECK(told(identities, good.substr(0, dot + 1)) ==
        "the token's signature is not that of its issuer");
}

TEST_CASE("unsigned and symmetric tokens are refused whatever the key") {
  const ScratchFolder folder;
  const SigningKey rsa("RS256", "k");
  const std::string jwk = rsa.jwk();
  folder.write("jwks.json", testing::jwks({jwk}));
  plan::Identity declared = jwt("corp", "jwks.json");
  declared.algorithms.insert(declared.algorithms.end(), {"none", "HS256"});  // as no policy can
  const Identities identities = load({declared}, folder);
  CHECK(told(identities, rsa.token(claims())) == "known");
  const std::string refused = "the token is signed in a way that is not accepted";
  for (const char* algorithm : {"none", "None", "NONE", "nOnE"}) {
    const std::string text =
        testing::encoded(fmt::format(R"({{"alg":"{}","kid":"k"}})", algorithm)) + "." +
        testing::encoded(claims());
    CHECK(told(identities, text + ".") == refused);
    CHECK(told(identities, text + ".AA") == refused);
  }
  // Key confusion: the public key, which everybody has, as the secret of an HMAC.
  const std::string text =
      testing::encoded(R"({"alg":"HS256","kid":"k"})") + "." + testing::encoded(claims());
  unsigned char mac[EVP_MAX_MD_SIZE];
  size_t size = 0;
  EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, jwk.data(), jwk.size(),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, sizeof mac,
            &size);
  CHECK(told(identities, text + "." + testing::encoded({reinterpret_cast<char*>(mac), size})) ==
        refused);
}

TEST_CASE("a token that was good is refused once its time has passed") {
  const ScratchFolder folder;
  const SigningKey key("EdDSA", "k1");
  folder.write("jwks.json", testing::jwks({key.jwk()}));
  const Identities identities = load({jwt("corp", "jwks.json")}, folder);
  const std::string token = key.token(claims(R"(,"nbf":1700000000)"));
  const int64_t end = (1'700'000'300 + 60) * second, begin = (1'700'000'000 - 60) * second;
  CHECK(told(identities, token, end - 1) == "known");
  CHECK(told(identities, token, end - 1) == "known");
  CHECK(told(identities, token, end) == "the token has expired");
  CHECK(told(identities, token, begin) == "known");
  CHECK(told(identities, token, begin - 1) == "the token is not valid yet");
}

TEST_CASE("several identities on one header each take what is theirs") {
  const ScratchFolder folder;
  const SigningKey one("ES256", "k"), two("ES256", "k");
  folder.write("one.json", testing::jwks({one.jwk()}));
  folder.write("two.json", testing::jwks({two.jwk()}));
  const auto issued = add_key(folder.path() / "keys.json", Key{});
  REQUIRE(issued);
  plan::Identity keys;
  keys.name = "keys";
  keys.kind = "api_key";
  keys.header = "authorization";
  keys.file = "keys.json";
  plan::Identity second_audience = jwt("batch", "one.json");
  second_audience.audience = "batch";
  const Identities identities = load(
      {jwt("a", "one.json"), keys, jwt("b", "two.json", "https://two.example"), second_audience},
      folder);
  CHECK(told(identities, one.token(claims())) == "known");
  CHECK(told(identities, two.token(claims("", "https://two.example"))) == "known");
  CHECK(told(identities, issued->secret) == "known");
  CHECK(told(identities,
             one.token(R"({"iss":"https://idp.example","aud":"batch","exp":1800000000})")) ==
        "known");
  CHECK(told(identities, two.token(claims())) == "the token's signature is not that of its issuer");
  CHECK(told(identities, one.token(claims("", "https://three.example"))) ==
        "the token's issuer is not known here");
  CHECK(
      told(identities, one.token(R"({"iss":"https://idp.example","aud":"x","exp":1800000000})")) ==
      "the token is meant for another audience");
  CHECK(told(identities, issued->secret + "x") == "the credential is not known");
}

TEST_CASE("in a header of its own a token needs no scheme") {
  const ScratchFolder folder;
  const SigningKey key("ES256", "k");
  folder.write("jwks.json", testing::jwks({key.jwk()}));
  plan::Identity declared = jwt("corp", "jwks.json");
  declared.header = "x-token";
  const Identities identities = load({declared}, folder);
  context::Principal who;
  const auto kind = [&](const std::string& value) {
    return identities.identify({{"x-token", value}}, now, who).kind;
  };
  CHECK(kind(key.token(claims())) == Verdict::Kind::known);
  CHECK(kind("Bearer " + key.token(claims())) == Verdict::Kind::known);
  CHECK(kind("") == Verdict::Kind::bad);
}

TEST_CASE("keys are found by discovery, and fetched again for a key that is unknown") {
  const ScratchFolder folder;
  const SigningKey old("ES256", "old"), fresh("ES256", "fresh");
  Issuer issuer(testing::jwks({old.jwk()}));
  plan::Identity declared = jwt("corp", "", issuer.url());
  std::atomic<int> lines{0};
  IssuerKeys::Pace pace;
  pace.least = 1ms;
  pace.first_retry = 1ms;
  const IssuerKeys keys(declared, pace, [&](const std::string&) { ++lines; });
  CHECK(soon([&] { return keys.health().keys_loaded; }));
  CHECK(issuer.requests() == 2);
  const uint64_t generation = keys.read()->generation();
  keys.ask();
  CHECK(soon([&] { return keys.health().loads >= 2; }));
  CHECK(keys.read()->generation() == generation);  // the same keys are the same set

  issuer.publish(testing::jwks({fresh.jwk()}));
  keys.ask();
  CHECK(soon([&] { return keys.read()->generation() != generation; }));
  CHECK(keys.read()->keys()[0].id == "fresh");

  // What fails, or is no set of keys, leaves the keys in force, and is said once.
  issuer.answer(500);
  keys.ask();
  CHECK(soon([&] { return keys.health().failures >= 3; }));
  CHECK(keys.health().last_error == "127.0.0.1 answered 500");
  CHECK(keys.read()->keys()[0].id == "fresh");
  CHECK(lines == 1);
  issuer.publish("{");
  issuer.answer(200);
  CHECK(soon([&] { return keys.health().last_error.find("parse error") != std::string::npos; }));
  CHECK(keys.read()->keys()[0].id == "fresh");
  CHECK(lines == 1);
  issuer.publish(testing::jwks({old.jwk(), fresh.jwk()}));
  CHECK(soon([&] { return keys.health().last_error.empty(); }));
  CHECK(keys.health().keys == 2);
}

TEST_CASE("fetches that strangers cause are rare") {
  const ScratchFolder folder;
  const SigningKey key("ES256", "k");
  Issuer issuer(testing::jwks({key.jwk()}));
  const Identities identities = load({jwt("corp", issuer.url() + "/jwks")}, folder);
  CHECK(identities.wait_until_ready(20s));
  const SigningKey unknown("ES256", "unknown");
  for (int i = 0; i < 100; ++i)
    CHECK(told(identities, unknown.token(claims())) ==
          "the token is signed with a key that is unknown");
  std::this_thread::sleep_for(50ms);
  CHECK(issuer.requests() == 1);
}

TEST_CASE("a rotated key ends the tokens that it signed") {
  const ScratchFolder folder;
  const SigningKey old("ES256", "old"), fresh("ES256", "fresh");
  const std::string file = folder.write("jwks.json", testing::jwks({old.jwk()}));
  const Identities identities = load({jwt("corp", "jwks.json")}, folder);
  const std::string before = old.token(claims()), after = fresh.token(claims());
  CHECK(told(identities, before) == "known");
  CHECK(told(identities, before) == "known");
  CHECK(told(identities, after) == "the token is signed with a key that is unknown");
  folder.write("jwks.json", testing::jwks({fresh.jwk()}));
  CHECK(soon([&] { return told(identities, after) == "known"; }));
  CHECK(told(identities, before) == "the token is signed with a key that is unknown");
}

TEST_CASE("without keys tokens are refused, and all else is served") {
  const ScratchFolder folder;
  const SigningKey key("ES256", "k");
  std::mutex lock;
  std::string said;
  const auto report = [&](const std::string& line) {
    const std::lock_guard hold(lock);
    said += line + "\n";
  };
  std::string url;
  {
    const HttpServer gone([](const std::string&) { return HttpServer::Answer{}; });
    url = gone.url();
  }
  const Identities identities =
      load({jwt("corp", url + "/secret-path")}, folder, {report, nullptr});
  CHECK(told(identities, key.token(claims())) == "the issuer's keys are not known yet");
  CHECK(told(identities, key.token(claims("", "x"))) == "the token's issuer is not known here");
  context::Principal who;
  CHECK(identities.identify({{"accept", "x"}}, now, who).kind == Verdict::Kind::anonymous);
  CHECK(soon([&] {
    const std::lock_guard hold(lock);
    return !said.empty();
  }));
  CHECK_FALSE(identities.wait_until_ready(1ms));
  const auto health = identities.health();
  REQUIRE(health.size() == 1);
  CHECK(health[0].identity == "corp");
  CHECK_FALSE(health[0].keys_loaded);
  CHECK_FALSE(health[0].last_error.empty());
  const std::lock_guard hold(lock);
  CHECK(said.starts_with("identity corp: the issuer's keys can not be fetched: 127.0.0.1"));
  CHECK(said.ends_with("its tokens are refused until they can\n"));
  CHECK(said.find("secret-path") == std::string::npos);
}

TEST_CASE("answers that no issuer gives are refused") {
  const SigningKey key("ES256", "k");
  std::string configuration;
  size_t padding = 0;
  HttpServer server([&](const std::string& path) -> HttpServer::Answer {
    if (path == "/jwks") return {200, testing::jwks({key.jwk()}), padding};
    return {200, configuration};
  });
  const auto error_of = [&](const std::string& jwks) {
    const IssuerKeys keys(jwt("corp", jwks, server.url()), {}, {});
    CHECK(soon([&] { return keys.health().loads + keys.health().failures > 0; }));
    return keys.health().last_error;
  };
  configuration = fmt::format(R"({{"issuer":"{0}","jwks_uri":"{0}/jwks"}})", server.url());
  CHECK(error_of("") == "");
  configuration = fmt::format(R"({{"issuer":"{0}/","jwks_uri":"{0}/jwks"}})", server.url());
  CHECK(error_of("") == "the issuer's configuration is of another issuer");
  configuration =
      fmt::format(R"({{"issuer":"{0}","jwks_uri":"http://idp.example/jwks"}})", server.url());
  CHECK(error_of("") == "the issuer's configuration names keys at an address that is not https");
  configuration =
      fmt::format(R"({{"issuer":"{0}","jwks_uri":"file:///etc/passwd"}})", server.url());
  CHECK(error_of("") == "the issuer's configuration names keys at an address that is not https");
  configuration = fmt::format(R"({{"issuer":"{0}"}})", server.url());
  CHECK(error_of("") == "the issuer's configuration names no keys");
  configuration = "<html>";
  CHECK(error_of("") == "the issuer's configuration is no JSON object");

  CHECK(error_of(server.url() + "/jwks") == "");
  padding = 50 << 20;
  const size_t before = server.sent();
  CHECK(error_of(server.url() + "/jwks").find("reading the answer: body limit exceeded") !=
        std::string::npos);
  CHECK(server.sent() - before < (10 << 20));  // what the sockets' buffers held
}

TEST_CASE("what was fetched outlives a new version of the policies") {
  const ScratchFolder folder;
  const SigningKey key("ES256", "k");
  Issuer issuer(testing::jwks({key.jwk()}));
  plan::Identity declared = jwt("corp", "", issuer.url());
  const std::string token = key.token(claims("", issuer.url()));
  auto first = std::make_unique<Identities>(load({declared}, folder));
  CHECK(first->wait_until_ready(20s));
  CHECK(issuer.requests() == 2);
  issuer.answer(500);
  declared.map = {{"tenant", "sub", "", {}}};
  const Identities next =
      load({declared, jwt("twin", "", issuer.url())}, folder, {{}, first.get()});
  first.reset();
  context::Principal who;
  CHECK(told(next, token, now, &who) == "known");
  CHECK(who.tenant == "dana");
  CHECK(issuer.requests() == 2);
}

TEST_CASE("jwt identities that can not work are errors") {
  const ScratchFolder folder;
  const auto error_of = [&](plan::Identity declared) {
    const auto loaded = Identities::load({declared}, folder.path());
    return loaded ? "none" : loaded.error().message;
  };
  CHECK(error_of(jwt("corp", "none.json")).starts_with("identity corp: cannot read "));
  folder.write("empty.json", R"({"keys":[{"kty":"oct","k":"AAAA"}]})");
  CHECK(
      error_of(jwt("corp", "empty.json")).ends_with("empty.json: it has no key that can be used"));
  CHECK(error_of(jwt("corp", "", "corp")).starts_with("identity corp: the issuer is no address"));
}

TEST_CASE("many threads are identified while keys change") {
  const ScratchFolder folder;
  const SigningKey a("ES256", "a"), b("ES256", "b");
  folder.write("jwks.json", testing::jwks({a.jwk(), b.jwk()}));
  const Identities identities = load({jwt("corp", "jwks.json")}, folder);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const std::string token = (i % 2 != 0 ? a : b).token(claims(fmt::format(R"(,"n":{})", i)));
      context::Principal who;
      while (!stop) {
        if (identities.identify({{"authorization", "Bearer " + token}}, now, who).kind !=
            Verdict::Kind::known)
          ++wrong;
      }
    });
  }
  folder.write("jwks.json", testing::jwks({b.jwk(), a.jwk()}));
  CHECK(soon([&] { return identities.health()[0].loads >= 2; }));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}
