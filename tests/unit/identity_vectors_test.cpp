// Wycheproof's vectors of JSON Web Signatures and Keys, where they are: each valid one verifies,
// each invalid one is refused.
#include <doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/identity/jws.h"

using namespace aipol::identity;

namespace {

using Json = nlohmann::json;

Json read_vectors(const char* name) {
  const std::filesystem::path path = std::filesystem::path("../shared/data/jose") / name;
  std::ifstream file(path);
  if (!file) {
    MESSAGE(path.string() << " is not there: its vectors are skipped");
    return Json::object({{"testGroups", Json::array()}});
  }
  return Json::parse(file);
}

// By the rules for a token of these keys, with every algorithm accepted.
bool accepts(const Json& token, const std::string& key_set) {
  if (!token.is_string()) return false;  // the JSON form of a signature
  const std::string text = token.get<std::string>();
  auto jws = parse_jws(text);
  if (!jws) return false;
  const Algorithm* algorithm = find_algorithm(jws->algorithm);
  auto keys = parse_key_set(key_set);
  if (algorithm == nullptr || !keys) return false;
  const KeySet set(std::move(*keys));
  const auto key = set.select(jws->key_id, *algorithm);
  return key && is_signed(*jws, *algorithm, **key);
}

std::string key_set_of(Json key) {
  return key.contains("keys") ? key.dump() : Json{{"keys", {std::move(key)}}}.dump();
}

// A secret that both sides have: what it signs is never accepted here, valid or not.
bool is_symmetric(const Json& key) {
  if (key.contains("keys")) return std::ranges::all_of(key["keys"], is_symmetric);
  return key["kty"] == "oct";
}

// These are called valid though the token's algorithm is not the one that its key names ("PS256"
// and PS384, "ES521" and ES512), which the vectors call invalid elsewhere (PS512 338 to 340, keys
// 19 and 20). RFC 7520, from which they are, has keys without `alg`.
const std::set<int> wrong_algorithm_in_key = {346, 347, 350, 351};

int check_vectors(const char* file) {
  int count = 0, symmetric = 0;
  const Json vectors = read_vectors(file);
  for (const Json& group : vectors["testGroups"]) {
    Json key = group.contains("public") ? group["public"] : group["private"];
    for (const Json& test : group["tests"]) {
      const int id = test["tcId"].get<int>();
      CAPTURE(id);
      ++count;
      const bool valid = test["result"] == "valid";
      const bool secret = is_symmetric(key);
      const bool odd = !secret && wrong_algorithm_in_key.contains(id);
      symmetric += secret && valid ? 1 : 0;
      CHECK(accepts(test["jws"], key_set_of(key)) == (valid && !secret && !odd));
      if (!odd) continue;
      Json without = key;
      without.erase("alg");
      CHECK(accepts(test["jws"], key_set_of(without)));
    }
  }
  MESSAGE(file << ": " << count << " vectors, of which " << symmetric
               << " are valid HMACs and refused as every HMAC is");
  return count;
}

}  // namespace

TEST_CASE("signatures of Wycheproof's vectors") {
  const int count = check_vectors("json_web_signature_test.json");
  CHECK((count == 0 || count == 401));
}

TEST_CASE("keys of Wycheproof's vectors") {
  const int count = check_vectors("json_web_key_test.json");
  CHECK((count == 0 || count == 26));
}
