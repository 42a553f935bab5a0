// What a request pays for being known: nanoseconds to check an API key, a token that came before, a
// token that did not, and a certificate.
// Usage: bench_identity
#include <fmt/format.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>

#include "runtime/identity/api_key.h"
#include "runtime/identity/identities.h"
#include "runtime/identity/key_file.h"
#include "tests/support/certificates.h"
#include "tests/support/signing.h"

namespace aipol::testing {

namespace {

constexpr int64_t now = 1'700'000'000'000'000'000;

// The best of some rounds: others use the machine, too.
double best_ns(int calls, const std::function<void(int)>& call) {
  double best = 1e300;
  for (int round = 0; round < 7; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) call(i);
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    best = std::min(best, spent.count() / calls);
  }
  return best;
}

void line(const char* name, double ns) { fmt::print("{:44} {:9.0f} ns\n", name, ns); }

struct World {
  std::filesystem::path folder;
  explicit World(std::filesystem::path at) : folder(std::move(at)) {}
  ~World() { std::filesystem::remove_all(folder); }

  identity::Identities load(const plan::Identity& declared) const {
    auto loaded = identity::Identities::load({declared}, folder);
    if (!loaded) fmt::print(stderr, "{}\n", loaded.error().message), std::exit(2);
    return std::move(*loaded);
  }
  void write(const char* name, const std::string& text) const {
    std::ofstream(folder / name) << text;
  }
};

plan::Identity declare(const char* kind) {
  plan::Identity made;
  made.name = "bench";
  made.kind = kind;
  made.header = "authorization";
  made.file = "keys.json";
  made.jwks = "jwks.json";
  made.ca = "ca.pem";
  made.issuer = "https://idp.example";
  made.audience = "ai";
  made.algorithms = {"RS256", "ES256", "EdDSA"};
  made.leeway = std::chrono::seconds(60);
  made.map = {{"roles", "groups", "", {}}, {"team", "org.team", "", {}}};
  return made;
}

void must(bool known) {
  if (!known) fmt::print(stderr, "a good credential was refused\n"), std::exit(2);
}

void check(const identity::Identities& identities, const identity::Headers& headers) {
  context::Principal who;
  must(identities.identify(headers, now, who).kind == identity::Verdict::Kind::known);
}

void measure_keys(const World& world) {
  std::vector<identity::Key> keys(10'000);
  std::vector<std::string> secrets;
  for (size_t i = 0; i < keys.size(); ++i) {
    secrets.push_back(*identity::make_key());
    keys[i].id = fmt::format("application-{:05}", i);
    keys[i].roles = {"clerk"};
    keys[i].hash = identity::hash_key(secrets.back());
  }
  world.write("keys.json", identity::format_key_file(keys));
  const identity::Identities identities = world.load(declare("api_key"));
  std::vector<identity::Headers> headers;
  for (const std::string& secret : secrets)
    headers.push_back({{"authorization", "Bearer " + secret}});
  line("API key, of 10,000", best_ns(100'000, [&](int i) {
         check(identities, headers[static_cast<size_t>(i) * 7919 % headers.size()]);
       }));
}

std::string claims(int number) {
  return fmt::format(
      R"({{"iss":"https://idp.example","aud":["ai","other"],"sub":"user-{}","exp":1700003600,"iat":1700000000,"jti":"5f0f9c6e-6a4b-4c2f","groups":["analysts","clerks"],"org":{{"team":"red"}},"amr":["pwd","mfa"],"email":"dana@acme.example"}})",
      number);
}

void measure_tokens(const World& world, const char* algorithm) {
  const SigningKey key(algorithm, "k1");
  world.write("jwks.json", jwks({key.jwk()}));
  const identity::Identities identities = world.load(declare("jwt"));
  std::vector<identity::Headers> headers;
  constexpr int fresh = 200, rounds = 7;
  for (int i = 0; i < fresh * rounds; ++i)
    headers.push_back({{"authorization", "Bearer " + key.token(claims(i))}});
  int next = 0;
  line(fmt::format("{} token, new", algorithm).c_str(),
       best_ns(fresh, [&](int) { check(identities, headers[static_cast<size_t>(next++)]); }));
  const identity::Headers& again = headers.back();
  line(fmt::format("{} token of {} bytes, again", algorithm, again[0].second.size() - 7).c_str(),
       best_ns(100'000, [&](int) { check(identities, again); }));
}

void measure_certificates(const World& world) {
  const Certificate root({.common_name = "Root", .authority = true});
  const Certificate client({.common_name = "y", .alternatives = "URI:spiffe://acme/y"}, &root);
  world.write("ca.pem", root.pem());
  const identity::Identities identities = world.load(declare("mtls"));
  line("certificate, once a connection", best_ns(1'000, [&](int) {
         must(identities.check_peer(client.handle(), nullptr, now).verdict.kind ==
              identity::Verdict::Kind::known);
       }));
  const identity::Peer peer = identities.check_peer(client.handle(), nullptr, now);
  line("request of a connection with certificate", best_ns(100'000, [&](int) {
         context::Principal who;
         must(identities.identify({}, &peer, now, who).kind == identity::Verdict::Kind::known);
       }));
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "aipol-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 2;
  const World world(folder);
  measure_keys(world);
  for (const char* algorithm : {"ES256", "RS256", "EdDSA"}) measure_tokens(world, algorithm);
  measure_certificates(world);
  return 0;
}

}  // namespace aipol::testing

int main() { return aipol::testing::main(); }
