#include "runtime/identity/fetch_keys.h"

#include <algorithm>

#include "runtime/identity/strict_json.h"
#include "runtime/web/web.h"

namespace aipol::identity {
namespace {

using Json = nlohmann::json;

constexpr size_t largest_answer = 1 << 20;
constexpr auto longest_wait = std::chrono::seconds(5);

std::string_view host_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("//") + 2, url.size()));
  url = url.substr(0, url.find_first_of("/?#"));
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

Result<std::string> get(const std::string& url, std::stop_token stop) {
  web::Request request;
  request.url = url;
  request.headers = {{"accept", "application/json"}};
  request.timeout = longest_wait;
  request.most_bytes = largest_answer;
  request.stop = std::move(stop);
  auto answer = web::send(request);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200)
    return failure(fmt::format("{} answered {}", host_of(url), answer->status));
  return std::move(answer->body);
}

}  // namespace

bool is_address(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

bool is_safe_address(std::string_view url) {
  if (url.starts_with("https://")) return true;
  const std::string_view host = host_of(url);
  const bool dotted =
      std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return url.starts_with("http://") &&
         (host == "localhost" || host == "[::1]" || (dotted && host.starts_with("127.")));
}

Result<std::string> discover_keys(const std::string& issuer, std::stop_token stop) {
  std::string_view base = issuer;
  if (base.ends_with('/')) base.remove_suffix(1);
  const auto text = get(fmt::format("{}/.well-known/openid-configuration", base), std::move(stop));
  if (!text) return std::unexpected(text.error());
  const auto root = parse_strict_json<Json>(*text, 16);
  if (!root || !root->is_object()) return failure("the issuer's configuration is no JSON object");
  if (root->value("issuer", Json()) != issuer)
    return failure("the issuer's configuration is of another issuer");
  const Json keys = root->value("jwks_uri", Json());
  if (!keys.is_string()) return failure("the issuer's configuration names no keys");
  if (!is_safe_address(keys.get<std::string>()))
    return failure("the issuer's configuration names keys at an address that is not https");
  return keys.get<std::string>();
}

Result<std::string> fetch_keys(const std::string& url, std::stop_token stop) {
  return get(url, std::move(stop));
}

}  // namespace aipol::identity
