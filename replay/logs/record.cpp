#include "replay/logs/record.h"

#include <cmath>

#include "base/civil.h"
#include "base/text.h"
#include "plan/ip.h"
#include "replay/logs/mapping.h"

namespace aipol::replay::logs {

namespace {

// The object in which the field stands, made where it is missing, and the field's name.
std::pair<json*, std::string> place_of(json& root, std::string_view path) {
  json* at = &root;
  int levels = path.starts_with("ai.tool.args.") ? 3 : 2;
  for (int level = 0; level < levels; ++level) {
    size_t dot = path.find('.');
    if (dot == path.npos) break;
    json& inner = (*at)[std::string(path.substr(0, dot))];
    if (!inner.is_object()) inner = json::object();
    at = &inner;
    path.remove_prefix(dot + 1);
  }
  return {at, std::string(path)};
}

// "[::1]:8080" and "10.0.0.1:8080" without their port.
std::string_view without_port(std::string_view address) {
  if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
  size_t colon = address.find(':');
  bool one = colon != address.npos && address.find(':', colon + 1) == address.npos;
  return one ? address.substr(0, colon) : address;
}

}  // namespace

std::string_view host_alone(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

void Record::set(std::string_view path, json value) {
  auto [object, name] = place_of(root_, path);
  (*object)[name] = std::move(value);
}

bool Record::has(std::string_view path) const {
  size_t dot = path.find('.');
  const json* object = dot == path.npos ? &root_ : member(root_, path.substr(0, dot));
  if (object == nullptr) return false;
  return member(*object, dot == path.npos ? path : path.substr(dot + 1)) != nullptr;
}

void Record::set_time(int64_t nanoseconds) { set("time", format_time(nanoseconds)); }

bool Record::set_time(const json* value) {
  constexpr double latest = 9e9;  // seconds, which the contract ends at
  if (auto text = text_of(value)) {
    std::optional<int64_t> parsed = parse_time(*text);
    if (parsed) set_time(*parsed);
    if (parsed) return true;
  }
  std::optional<double> seconds = number_of(value);
  if (!seconds || std::abs(*seconds) > latest) return false;
  set_time(std::llround(*seconds * 1e6) * 1000);
  return true;
}

void Record::set_latency(std::optional<double> milliseconds) {
  if (milliseconds && *milliseconds >= 0 && *milliseconds < 1e12)
    set("response.latency", *milliseconds / 1000);
}

void Record::set_ip(std::optional<std::string_view> address) {
  if (!address) return;
  std::optional<plan::Ip> ip = plan::parse_ip(without_port(*address));
  if (ip) set("request.ip", plan::format_ip(*ip));
}

void Record::set_url(std::string_view url) {
  size_t scheme = url.find("://");
  if (scheme == url.npos) {
    if (url.starts_with('/')) set("request.path", std::string(url.substr(0, url.find('#'))));
    return;
  }
  std::string_view rest = url.substr(scheme + 3);
  size_t end = rest.find_first_of("/?#");
  std::string_view host = rest.substr(0, end);
  if (size_t at = host.rfind('@'); at != host.npos) host.remove_prefix(at + 1);
  host = host_alone(host);
  if (!host.empty()) set("request.host", lower_ascii(host));
  set("request.tls", lower_ascii(url.substr(0, scheme)) == "https");
  std::string_view target = end == rest.npos ? "" : rest.substr(end, rest.find('#') - end);
  set("request.path", target.starts_with('/') ? std::string(target) : "/" + std::string(target));
}

std::string Record::line() const {
  return root_.dump(-1, ' ', false, json::error_handler_t::replace);
}

void Records::add(Record record, const json& origin) {
  if (mapping_ != nullptr) {
    Result<void> laid = mapping_->apply(origin, record);
    if (!laid) return unreadable(std::move(laid.error().message));
  }
  add_line(record.line());
}

void Records::add_line(std::string_view line) {
  lines_.push_back({text_.size(), line.size(), line_});
  text_ += line;
  text_ += '\n';
}

void Records::unreadable(std::string reason) { unreadable_.push_back({line_, std::move(reason)}); }

}  // namespace aipol::replay::logs
