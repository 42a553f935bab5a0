#include "runtime/identity/certificate.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>

#include "base/saturate.h"
#include "base/text.h"
#include "plan/ip.h"
#include "runtime/identity/api_key.h"

namespace aipol::identity {
namespace {

using Json = nlohmann::json;

// The first value stays alone; several are a list.
void add(Json& object, const std::string& name, std::string value) {
  Json& place = object[name];
  if (place.is_null()) {
    place = std::move(value);
    return;
  }
  if (!place.is_array()) place = Json::array({std::move(place)});
  place.push_back(std::move(value));
}

std::optional<std::string> text_of(const ASN1_STRING* string) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, string);
  if (size < 0) return std::nullopt;
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  const bool control =
      std::ranges::any_of(text, [](char c) { return (c >= 0 && c < 32) || c == 127; });
  if (control || first_invalid_utf8(text)) return std::nullopt;
  return text;
}

Json names_of(const X509_NAME* name) {
  Json out = Json::object();
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    auto text = text_of(X509_NAME_ENTRY_get_data(entry));
    if (kind != NID_undef && text) add(out, lower_ascii(OBJ_nid2sn(kind)), std::move(*text));
  }
  return out;
}

std::optional<std::string> address_of(const ASN1_OCTET_STRING* bytes) {
  const unsigned char* data = ASN1_STRING_get0_data(bytes);
  const int size = ASN1_STRING_length(bytes);
  plan::Ip ip;
  if (size == 4) ip.low = 0xFFFF;
  if (size != 4 && size != 16) return std::nullopt;
  for (int i = 0; i < size; ++i) {
    if (size == 16 && i < 8)
      ip.high = ip.high << 8 | data[i];
    else
      ip.low = ip.low << 8 | data[i];
  }
  return plan::format_ip(ip);
}

void add_alternative(Json& out, const GENERAL_NAME* name) {
  int kind = 0;
  const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &kind));
  const char* as = kind == GEN_URI     ? "uri"
                   : kind == GEN_DNS   ? "dns"
                   : kind == GEN_EMAIL ? "email"
                                       : nullptr;
  if (as != nullptr) {
    if (auto text = text_of(value)) add(out, as, std::move(*text));
  } else if (kind == GEN_IPADD) {
    if (auto text = address_of(value)) add(out, "ip", std::move(*text));
  }
}

Json alternatives_of(const X509* certificate) {
  Json out = Json::object();
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i)
    add_alternative(out, sk_GENERAL_NAME_value(names, i));
  GENERAL_NAMES_free(names);
  return out;
}

std::string serial_of(const X509* certificate) {
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
  char* digits = number == nullptr ? nullptr : BN_bn2hex(number);
  std::string text = digits == nullptr ? "" : lower_ascii(digits);
  OPENSSL_free(digits);
  BN_free(number);
  return text;
}

std::string fingerprint_of(const X509* certificate) {
  KeyHash hash{};
  unsigned size = hash.size();
  X509_digest(certificate, EVP_sha256(), hash.data(), &size);
  return to_hex(hash);
}

}  // namespace

Json claims_of(const X509* certificate) {
  return {{"san", alternatives_of(certificate)},
          {"subject", names_of(X509_get_subject_name(certificate))},
          {"issuer", names_of(X509_get_issuer_name(certificate))},
          {"serial", serial_of(certificate)},
          {"fingerprint", fingerprint_of(certificate)}};
}

int64_t time_of(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return INT64_MIN;
  return saturating_multiply(timegm(&parts), 1'000'000'000);
}

}  // namespace aipol::identity
