#include "runtime/identity/jws.h"

#include <algorithm>

#include "base/text.h"
#include "runtime/identity/base64url.h"
#include "runtime/identity/strict_json.h"

namespace aipol::identity {
namespace {

using Json = nlohmann::json;

constexpr int deepest_header = 8;
constexpr std::string_view malformed = "the token is malformed";

bool is_text(const Json& header, const char* member) {
  const auto found = header.find(member);
  return found != header.end() && found->is_string();
}

// "JWT" and "at+jwt" (RFC 9068) are for access; whatever else says `…+jwt` is for another purpose.
bool is_for_access(const Json& header) {
  if (!header.contains("typ")) return true;
  if (!is_text(header, "typ")) return false;
  const std::string type = lower_ascii(header["typ"].get<std::string>());
  return !type.ends_with("+jwt") || type == "at+jwt" || type == "application/at+jwt";
}

Judged<void> read_header(std::string_view encoded, Jws& jws) {
  const auto text = decode_base64url(encoded);
  const auto header = text ? parse_strict_json<Json>(*text, deepest_header) : failure("");
  if (!header || !header->is_object() || !is_text(*header, "alg")) return refused(malformed);
  if (header->contains("enc")) return refused("the token is encrypted");
  if (header->contains("crit") || header->value("b64", Json(true)) != true)
    return refused("the token needs an extension that is not understood");
  if (header->contains("kid") && !is_text(*header, "kid")) return refused(malformed);
  if (!is_for_access(*header)) return refused("the token is of a type that gives no access");
  jws.algorithm = (*header)["alg"].get<std::string>();
  if (header->contains("kid")) jws.key_id = (*header)["kid"].get<std::string>();
  return {};
}

}  // namespace

bool has_token_form(std::string_view text) {
  const auto dots = std::ranges::count(text, '.');
  return dots == 2 || dots == 4;
}

Judged<Jws> parse_jws(std::string_view text) {
  if (text.size() > largest_token) return refused("the token is too long");
  const auto dots = std::ranges::count(text, '.');
  if (dots == 4) return refused("the token is encrypted");
  if (dots != 2) return refused(malformed);
  const size_t first = text.find('.'), second = text.rfind('.');
  Jws jws;
  if (auto header = read_header(text.substr(0, first), jws); !header)
    return refused(header.error());
  auto payload = decode_base64url(text.substr(first + 1, second - first - 1));
  auto signature = decode_base64url(text.substr(second + 1));
  if (!payload || !signature) return refused(malformed);
  jws.signed_part = text.substr(0, second);
  jws.payload = std::move(*payload);
  jws.signature = std::move(*signature);
  return jws;
}

}  // namespace aipol::identity
