#include <doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/identity/api_key.h"
#include "runtime/identity/identities.h"
#include "runtime/identity/key_file.h"
#include "runtime/identity/secret.h"
#include "tests/support/scratch_folder.h"

using namespace aipol;
using namespace aipol::identity;

namespace {

std::string error_of(std::string_view text) {
  const auto keys = parse_key_file(text);
  return keys ? "none" : keys.error().message;
}

std::string key_with(std::string_view members) {
  return fmt::format(R"({{"keys":[{{"id":"a","hash":"{}"{}}}]}})", std::string(64, 'a'), members);
}

Verdict::Kind identify(const Identities& identities, const Headers& headers,
                       context::Principal& principal, int64_t at = 0) {
  principal = {};
  return identities.identify(headers, at, principal).kind;
}

using Kind = Verdict::Kind;

plan::Identity keys(std::string name, std::string header, std::string file) {
  plan::Identity made;
  made.name = std::move(name);
  made.kind = "api_key";
  made.header = std::move(header);
  made.file = std::move(file);
  return made;
}

}  // namespace

TEST_CASE("keys are random and hashed with SHA-256") {
  const auto one = make_key();
  const auto two = make_key();
  REQUIRE(one);
  CHECK(one->size() == 4 + 43);
  CHECK(one->starts_with("aip_"));
  CHECK(*one != *two);
  CHECK(to_hex(hash_key("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(from_hex(to_hex(hash_key(*one))) == hash_key(*one));
  CHECK_FALSE(from_hex("abc"));
  CHECK_FALSE(from_hex(std::string(64, 'g')));
}

TEST_CASE("key files are read whole or not at all") {
  const auto keys = parse_key_file(key_with(
      R"(,"name":"n","kind":"user","tenant":"t","roles":["r"],"groups":["g"],"attributes":{"team":"dev","level":3,"ok":true,"x":0.5,"l":["a"]},"expires":"2027-01-01T00:00:00Z")"));
  REQUIRE(keys);
  const Key& key = keys->front();
  CHECK(key.kind == "user");
  CHECK(key.roles == std::vector<std::string>{"r"});
  CHECK(std::get<std::string>(*key.attributes.find("team")) == "dev");
  CHECK(std::get<int64_t>(*key.attributes.find("level")) == 3);
  CHECK(key.expires_ns == 1798761600'000000000);
  CHECK(parse_key_file(format_key_file(*keys))->front().attributes == key.attributes);

  CHECK(error_of("").find("line 1") != std::string::npos);
  CHECK(error_of("[]") == "must be an object with a list `keys`");
  CHECK(error_of(R"({"keys":[],"other":1})") == "other: unknown member");
  CHECK(error_of(R"({"keys":[{"id":"a"}]})") == "keys[0]: has no hash");
  CHECK(error_of(key_with(R"(,"expire":"2027-01-01T00:00:00Z")")) ==
        "keys[0].expire: unknown member");
  CHECK(error_of(key_with(R"(,"expires":"soon")")) ==
        "keys[0].expires: not a time like 2026-03-01T12:00:00Z");
  CHECK(error_of(key_with(R"(,"roles":[1])")) == "keys[0].roles[0]: must be a string");
  CHECK(error_of(key_with(R"(,"kind":"robot")")) == "keys[0].kind: must be \"app\" or \"user\"");
  CHECK(error_of(key_with(R"(,"attributes":{"a":null})"))
            .starts_with("keys[0].attributes.a: must be"));
  CHECK(error_of(key_with(R"(,"id":"b")")) == "the member \"id\" is there twice");
  CHECK(error_of(std::string(100, '[')).find("nested") != std::string::npos);
}

TEST_CASE("keys are added, listed and revoked in the file") {
  const testing::ScratchFolder folder;
  const auto file = folder.path() / "keys.json";
  CHECK_FALSE(read_key_file(file));
  Key wanted;
  wanted.name = "checkout";
  wanted.roles = {"clerk"};
  const auto issued = add_key(file, wanted);
  REQUIRE(issued);
  struct stat status{};
  ::stat(file.c_str(), &status);
  CHECK((status.st_mode & 0777) == 0600);
  const auto keys = read_key_file(file);
  REQUIRE(keys);
  CHECK(keys->size() == 1);
  CHECK(keys->front().hash == hash_key(issued->secret));
  std::ifstream stream(file);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  CHECK(text.find(issued->secret) == std::string::npos);

  wanted.id = issued->key.id;
  CHECK_FALSE(add_key(file, wanted));
  CHECK_FALSE(revoke_key(file, "nobody"));
  REQUIRE(revoke_key(file, issued->key.id));
  CHECK(read_key_file(file)->front().revoked_ns);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  CHECK_FALSE(add_key(folder.path() / "no" / "keys.json", Key{}));
}

TEST_CASE("credentials in headers become principals") {
  const testing::ScratchFolder folder;
  Key wanted;
  wanted.id = "app1";
  wanted.tenant = "acme";
  wanted.attributes.insert_or_assign("team", std::string("dev"));
  const auto good = add_key(folder.path() / "keys.json", wanted);
  wanted.id = "old";
  wanted.expires_ns = 1000;
  const auto old = add_key(folder.path() / "keys.json", wanted);
  const auto other = add_key(folder.path() / "other.json", Key{});
  const std::vector<plan::Identity> declared{keys("a", "authorization", "keys.json"),
                                             keys("b", "authorization", "other.json"),
                                             keys("c", "x-api-key", "keys.json")};
  const auto identities = Identities::load(declared, folder.path());
  REQUIRE(identities);
  context::Principal who;
  CHECK(identify(*identities, {{"accept", "x"}}, who) == Kind::anonymous);
  CHECK(who.kind == "anonymous");
  CHECK(identify(*identities, {{"authorization", "Bearer " + good->secret}}, who) == Kind::known);
  CHECK(who.id == "app1");
  CHECK(who.kind == "app");
  CHECK(who.method == "api_key");
  CHECK(who.tenant == "acme");
  CHECK(std::get<std::string>(*who.attributes.find("team")) == "dev");
  CHECK(identify(*identities, {{"authorization", "bearer  " + other->secret}}, who) == Kind::known);
  CHECK(identify(*identities, {{"x-api-key", good->secret}}, who) == Kind::known);

  CHECK(identify(*identities, {{"authorization", "Bearer " + good->secret + "x"}}, who) ==
        Kind::bad);
  CHECK(who.kind == "anonymous");
  CHECK(identify(*identities, {{"authorization", "Basic abc"}}, who) == Kind::bad);
  CHECK(identify(*identities, {{"authorization", ""}}, who) == Kind::bad);
  CHECK(identify(*identities, {{"authorization", good->secret}}, who) == Kind::bad);
  CHECK(identify(*identities, {{"x-api-key", good->secret}, {"x-api-key", good->secret}}, who) ==
        Kind::bad);
  CHECK(identify(*identities, {{"x-api-key", good->secret}, {"authorization", "Bearer no"}}, who) ==
        Kind::bad);
  CHECK(identify(*identities, {{"x-api-key", old->secret}}, who, 999) == Kind::known);
  CHECK(identify(*identities, {{"x-api-key", old->secret}}, who, 1000) == Kind::bad);
}

TEST_CASE("identities and secrets that are missing are one line") {
  const testing::ScratchFolder folder;
  const auto missing =
      Identities::load({keys("keys", "authorization", "keys.json")}, folder.path());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.starts_with("identity keys: cannot read "));
  CHECK(missing.error().message.find('\n') == std::string::npos);

  using From = plan::Secret::From;
  CHECK(read_secret({From::environment, "AIPOL_NO_SUCH_VARIABLE"}, folder.path()).error().message ==
        "the environment variable AIPOL_NO_SUCH_VARIABLE is not set");
  CHECK_FALSE(read_secret({From::file, "none"}, folder.path()));
  std::ofstream(folder.path() / "key") << " sk-1\n";
  CHECK(read_secret({From::file, "key"}, folder.path()).value() == "sk-1");
  std::ofstream(folder.path() / "two") << "a\nb";
  CHECK(read_secret({From::file, "two"}, folder.path()).error().message.find("a\nb") ==
        std::string::npos);
  CHECK_FALSE(read_secret({From::file, "."}, folder.path()));
}
