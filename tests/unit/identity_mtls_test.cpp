#include <doctest.h>
#include <openssl/err.h>

#include "runtime/identity/identities.h"
#include "runtime/identity/key_file.h"
#include "tests/support/certificates.h"
#include "tests/support/scratch_folder.h"

using namespace aipol;
using namespace aipol::identity;
using testing::Certificate;
using testing::ScratchFolder;

namespace {

constexpr int64_t second = 1'000'000'000;
constexpr int64_t now = 1'700'000'000 * second;

plan::Identity mtls(std::string name, std::string ca) {
  plan::Identity made;
  made.name = std::move(name);
  made.kind = "mtls";
  made.ca = std::move(ca);
  return made;
}

Identities load(const std::vector<plan::Identity>& declared, const ScratchFolder& folder) {
  auto loaded = Identities::load(declared, folder.path());
  REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
  return std::move(*loaded);
}

std::string told(const Identities& identities, const Certificate& certificate, int64_t at = now,
                 const Certificate* besides = nullptr) {
  STACK_OF(X509)* chain = sk_X509_new_null();
  if (besides != nullptr) sk_X509_push(chain, besides->handle());
  const Peer peer = identities.check_peer(certificate.handle(), chain, at);
  sk_X509_free(chain);
  CHECK(ERR_peek_error() == 0);  // nothing stays behind for TLS to find
  return peer.verdict.kind == Verdict::Kind::known ? "known" : std::string(peer.verdict.reason);
}

const Certificate& authority() {
  static const Certificate made({.common_name = "Root", .authority = true});
  return made;
}

}  // namespace

TEST_CASE("a client's certificate gives a principal") {
  const ScratchFolder folder;
  folder.write("ca.pem", authority().pem());
  plan::Identity declared = mtls("mesh", "ca.pem");
  const Certificate client(
      {.common_name = "billing",
       .alternatives =
           "URI:spiffe://acme/billing,DNS:a.acme,DNS:b.acme,email:a@acme.example,IP:10.0.0.1",
       .until = 1'700'000'500},
      &authority());
  const Peer plain = load({declared}, folder).check_peer(client.handle(), nullptr, now);
  CHECK(plain.verdict.kind == Verdict::Kind::known);
  CHECK(plain.principal.kind == "app");
  CHECK(plain.principal.method == "mtls");
  CHECK(plain.principal.id == "spiffe://acme/billing");
  CHECK(plain.principal.expires_ns == 1'700'000'500 * second);
  CHECK(plain.principal.name.empty());
  declared.map = {{"id", "subject.cn", "", {}},
                  {"tenant", "subject.o", "", {}},
                  {"roles", "san.dns", "", {}},
                  {"name", "san.email", "", {}},
                  {"ip", "san.ip", "", {}},
                  {"issuer", "issuer.cn", "", {}},
                  {"serial", "serial", "", {}},
                  {"print", "fingerprint", "", {}},
                  {"kind", "", "", plan::Constant(int64_t{1})},
                  {"mesh", "san.uri", "spiffe://acme/billing", {}}};
  const auto who = load({declared}, folder).check_peer(client.handle(), nullptr, now).principal;
  CHECK(who.id == "billing");
  CHECK(who.tenant == "Acme");
  CHECK(who.roles == std::vector<std::string>{"a.acme", "b.acme"});
  CHECK(who.name == "a@acme.example");
  CHECK(who.kind == "user");
  CHECK(std::get<std::string>(*who.attributes.find("ip")) == "10.0.0.1");
  CHECK(std::get<std::string>(*who.attributes.find("issuer")) == "Root");
  CHECK(std::get<bool>(*who.attributes.find("mesh")));
  CHECK(std::get<std::string>(*who.attributes.find("print")).size() == 64);
  CHECK(std::get<std::string>(*who.attributes.find("serial")).starts_with("0"));
}

TEST_CASE("who it is comes from the best name that the certificate has") {
  const ScratchFolder folder;
  folder.write("ca.pem", authority().pem());
  const Identities identities = load({mtls("mesh", "ca.pem")}, folder);
  const auto id = [&](const std::string& alternatives) {
    const Certificate client({.common_name = "cn", .alternatives = alternatives}, &authority());
    return identities.check_peer(client.handle(), nullptr, now).principal.id;
  };
  CHECK(id("") == "cn");
  CHECK(id("DNS:a.acme") == "a.acme");
  CHECK(id("DNS:a.acme,URI:spiffe://acme/x") == "spiffe://acme/x");
}

TEST_CASE("certificates that prove nothing are refused with their reason") {
  const ScratchFolder folder;
  folder.write("ca.pem", authority().pem());
  const Identities identities = load({mtls("mesh", "ca.pem")}, folder);
  const Certificate foreign({.common_name = "Root", .authority = true});
  const Certificate weak({.until = 1'700'000'000}, &authority());
  CHECK(told(identities, Certificate({}, &authority())) == "known");
  CHECK(told(identities, Certificate({.usage = ""}, &authority())) == "known");
  CHECK(told(identities, Certificate({.usage = "serverAuth"}, &authority())) ==
        "the client's certificate is not made for clients");
  CHECK(told(identities, Certificate({.until = 1'699'999'999}, &authority())) ==
        "the client's certificate has expired");
  CHECK(told(identities, Certificate({.from = 1'700'000'001}, &authority())) ==
        "the client's certificate is not valid yet");
  CHECK(told(identities, Certificate({})) ==
        "the client's certificate is of an authority that is not known here");
  CHECK(told(identities, Certificate({.common_name = "y"}, &foreign)) != "known");
  const Certificate other({.common_name = "Elsewhere", .authority = true});
  CHECK(told(identities, Certificate({.common_name = "y"}, &other)) ==
        "the client's certificate is of an authority that is not known here");
  // A client can not lend its name to others.
  const Certificate client({.common_name = "client"}, &authority());
  CHECK(told(identities, Certificate({.common_name = "y"}, &client), now, &client) != "known");
}

TEST_CASE("chains lead to roots and to intermediates that are trusted") {
  const ScratchFolder folder;
  folder.write("ca.pem", authority().pem());
  const Certificate between({.common_name = "Between", .authority = true, .until = 1'700'000'100},
                            &authority());
  folder.write("between.pem", between.pem());
  const Certificate client({.common_name = "y", .until = 1'800'000'000}, &between);
  const Identities root = load({mtls("mesh", "ca.pem")}, folder);
  CHECK(told(root, client, now, &between) == "known");
  CHECK(told(root, client) == "the client's certificate is of an authority that is not known here");
  CHECK(told(root, client, 1'700'000'101 * second, &between) ==
        "the client's certificate has expired");
  CHECK(told(load({mtls("mesh", "between.pem")}, folder), client) == "known");
  STACK_OF(X509)* chain = sk_X509_new_null();
  sk_X509_push(chain, between.handle());
  const Peer peer = root.check_peer(client.handle(), chain, now);
  sk_X509_free(chain);
  CHECK(peer.until_ns == 1'700'000'100 * second);  // with the first of the chain that ends
}

TEST_CASE("of several authorities the first that issued the certificate counts") {
  const ScratchFolder folder;
  const Certificate second_root({.common_name = "Second", .authority = true});
  folder.write("one.pem", authority().pem());
  folder.write("two.pem", second_root.pem());
  plan::Identity two = mtls("two", "two.pem");
  two.map = {{"tenant", "issuer.cn", "", {}}};
  const Identities identities = load({mtls("one", "one.pem"), two}, folder);
  const Peer peer = identities.check_peer(Certificate({}, &second_root).handle(), nullptr, now);
  CHECK(peer.verdict.kind == Verdict::Kind::known);
  CHECK(peer.identity == 1);
  CHECK(peer.principal.tenant == "Second");
  CHECK(told(identities, Certificate({.until = 1}, &second_root)) ==
        "the client's certificate has expired");
  CHECK(told(identities, Certificate({.until = 1}, &authority())) ==
        "the client's certificate has expired");
}

TEST_CASE("a certificate and a key are both looked at, and the first declared is who calls") {
  const ScratchFolder folder;
  folder.write("ca.pem", authority().pem());
  Key wanted;
  wanted.id = "key";
  const auto issued = add_key(folder.path() / "keys.json", wanted);
  plan::Identity keys;
  keys.name = "keys";
  keys.kind = "api_key";
  keys.header = "x-api-key";
  keys.file = "keys.json";
  const Certificate client({.common_name = "cert", .until = 1'700'000'100}, &authority()),
      stranger({});
  for (const bool key_first : {true, false}) {
    std::vector<plan::Identity> declared = {keys, mtls("mesh", "ca.pem")};
    if (!key_first) std::swap(declared[0], declared[1]);
    const Identities identities = load(declared, folder);
    CHECK(identities.wants_certificates());
    const Peer peer = identities.check_peer(client.handle(), nullptr, now);
    const Peer bad = identities.check_peer(stranger.handle(), nullptr, now);
    const Peer none = identities.check_peer(nullptr, nullptr, now);
    const Headers good_key = {{"x-api-key", issued->secret}}, bad_key = {{"x-api-key", "x"}};
    context::Principal who;
    const auto kind = [&](const Headers& headers, const Peer& with, int64_t at = now) {
      who = {};
      return identities.identify(headers, &with, at, who).kind;
    };
    CHECK(kind(good_key, peer) == Verdict::Kind::known);
    CHECK(who.id == (key_first ? "key" : "cert"));
    CHECK(kind({}, peer) == Verdict::Kind::known);
    CHECK(who.id == "cert");
    CHECK(kind(good_key, none) == Verdict::Kind::known);
    CHECK(who.id == "key");
    CHECK(kind({}, none) == Verdict::Kind::anonymous);
    CHECK(kind(good_key, bad) == Verdict::Kind::bad);
    CHECK(who.kind == "anonymous");
    CHECK(kind(bad_key, peer) == Verdict::Kind::bad);
    CHECK(who.kind == "anonymous");
    CHECK(kind({}, peer, 1'700'000'100 * second) == Verdict::Kind::bad);
  }
}

TEST_CASE("authorities that can not be read are errors") {
  const ScratchFolder folder;
  const auto error_of = [&](const std::string& ca) {
    const auto loaded = Identities::load({mtls("mesh", ca)}, folder.path());
    return loaded ? "none" : loaded.error().message;
  };
  CHECK(error_of("none.pem").starts_with("identity mesh: cannot read "));
  folder.write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  CHECK(error_of("bad.pem").ends_with("bad.pem: not a file of certificates (PEM)"));
  folder.write("half.pem", authority().pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n");
  CHECK(error_of("half.pem").ends_with("half.pem: not a file of certificates (PEM)"));
  folder.write("empty.pem", "");
  CHECK(error_of("empty.pem").ends_with("empty.pem: not a file of certificates (PEM)"));
  folder.write("two.pem", authority().pem() + "\nsome text\n" + authority().pem());
  CHECK(error_of("two.pem") == "none");
}
