#include "runtime/identity/jwk.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>

#include "runtime/identity/base64url.h"
#include "runtime/identity/quiet_errors.h"
#include "runtime/identity/rsa_weakness.h"
#include "runtime/identity/strict_json.h"

namespace aipol::identity {
namespace {

using Json = nlohmann::json;

constexpr size_t most_keys = 100;
constexpr int deepest = 8;
constexpr int least_rsa_bits = 2048, most_rsa_bits = 8192, most_exponent_bits = 64;

template <class T, void (*F)(T*)>
struct Free {
  void operator()(T* thing) const { F(thing); }
};
using Number = std::unique_ptr<BIGNUM, Free<BIGNUM, BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM, OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;

// A member that is a text; absent where it is missing or something else.
std::optional<std::string> text_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::string> bytes_of(const Json& object, const char* member) {
  const auto text = text_of(object, member);
  return text ? decode_base64url(*text) : std::nullopt;
}

const unsigned char* data(const std::string& bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

KeyHandle make_key(const char* kind, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return KeyHandle(key);
}

bool is_sound(const BIGNUM* modulus, const BIGNUM* exponent) {
  const int bits = BN_num_bits(modulus);
  return bits >= least_rsa_bits && bits <= most_rsa_bits && BN_is_odd(modulus) &&
         BN_num_bits(exponent) >= 2 && BN_num_bits(exponent) <= most_exponent_bits &&
         BN_is_odd(exponent) && !has_roca(modulus);
}

KeyHandle rsa_key(const Json& object) {
  const auto modulus = bytes_of(object, "n");
  const auto exponent = bytes_of(object, "e");
  if (!modulus || !exponent || modulus->size() > 4096 || exponent->size() > 4096) return nullptr;
  const Number n(BN_bin2bn(data(*modulus), static_cast<int>(modulus->size()), nullptr));
  const Number e(BN_bin2bn(data(*exponent), static_cast<int>(exponent->size()), nullptr));
  if (!n || !e || !is_sound(n.get(), e.get())) return nullptr;
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return make_key("RSA", builder.get());
}

struct Curve {
  std::string_view name;
  const char* group;  // OpenSSL's name
  size_t bytes;       // of a coordinate
};
constexpr Curve curves[] = {
    {"P-256", "prime256v1", 32}, {"P-384", "secp384r1", 48}, {"P-521", "secp521r1", 66}};

KeyHandle ec_key(const Json& object, std::string_view name) {
  const auto* curve = std::ranges::find(curves, name, &Curve::name);
  const auto x = bytes_of(object, "x");
  const auto y = bytes_of(object, "y");
  if (curve == std::end(curves) || !x || !y || x->size() != curve->bytes ||
      y->size() != curve->bytes)
    return nullptr;
  const std::string point = '\x04' + *x + *y;
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  KeyHandle key = make_key("EC", builder.get());
  const Context context(key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
  return context && EVP_PKEY_public_check(context.get()) == 1 ? std::move(key) : nullptr;
}

KeyHandle edwards_key(const Json& object, std::string_view curve) {
  const auto x = bytes_of(object, "x");
  if (curve != "Ed25519" || !x || x->size() != 32) return nullptr;
  return KeyHandle(
      EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, data(*x), x->size()));
}

// `use` and `key_ops`, where they are there, must name the verifying of signatures.
bool is_for_signatures(const Json& object) {
  if (object.contains("use") && text_of(object, "use") != "sig") return false;
  const auto operations = object.find("key_ops");
  if (operations == object.end()) return true;
  return operations->is_array() && std::ranges::find(*operations, "verify") != operations->end();
}

std::optional<PublicKey> read_key(const Json& object) {
  if (!object.is_object() || !is_for_signatures(object)) return std::nullopt;
  for (const char* member : {"kid", "alg", "crv"}) {
    if (object.contains(member) && !object[member].is_string()) return std::nullopt;
  }
  PublicKey key;
  key.id = text_of(object, "kid");
  key.kind = text_of(object, "kty").value_or("");
  key.algorithm = text_of(object, "alg").value_or("");
  if (key.kind != "RSA") key.curve = text_of(object, "crv").value_or("");
  if (key.kind == "RSA") key.handle = rsa_key(object);
  if (key.kind == "EC") key.handle = ec_key(object, key.curve);
  if (key.kind == "OKP") key.handle = edwards_key(object, key.curve);
  if (!key.handle) return std::nullopt;
  return key;
}

}  // namespace

Result<std::vector<PublicKey>> parse_key_set(std::string_view text) {
  const QuietErrors quiet;
  const auto root = parse_strict_json<Json>(text, deepest);
  if (!root) return std::unexpected(root.error());
  const auto list = root->is_object() ? root->find("keys") : root->end();
  if (list == root->end() || !list->is_array())
    return failure("not a set of keys: it has no list `keys`");
  if (list->size() > most_keys)
    return failure(fmt::format("the set has more than {} keys", most_keys));
  std::vector<PublicKey> keys;
  for (const Json& object : *list) {
    if (auto key = read_key(object)) keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace aipol::identity
