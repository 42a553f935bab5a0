#include "tests/support/hand_indexed.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/text_hash.h"

namespace aipol::bench {

namespace {

uint64_t pair_hash(uint64_t key) { return (key * 0x9E3779B97F4A7C15ull) >> 25; }

std::string region_name(uint32_t region) { return fmt::format("region-{}", region); }
std::string sensitivity_name(uint32_t sensitivity) { return fmt::format("sensitivity-{}", sensitivity); }

uint32_t parse_ip(std::string_view text) {
  uint32_t value = 0, octet = 0;
  for (char c : text) {
    if (c == '.') value = value << 8 | octet, octet = 0;
    else octet = octet * 10 + static_cast<uint32_t>(c - '0');
  }
  return value << 8 | octet;
}

template <class Name>
std::vector<std::string> names(uint32_t count, Name name) {
  std::vector<std::string> result;
  for (uint32_t i = 0; i < count; ++i) result.push_back(name(i));
  return result;
}

}  // namespace

void HandIndexed::Names::build(const std::vector<std::string>& names) {
  entries_.resize(std::bit_ceil(names.size() * 2 + 8));
  mask_ = entries_.size() - 1;
  for (uint32_t i = 0; i < names.size(); ++i) {
    uint64_t hash = text_hash(names[i]) | 1, slot = hash & mask_;
    while (entries_[slot].hash != 0) slot = (slot + 1) & mask_;
    entries_[slot] = {hash, i, names[i]};
  }
}

uint32_t HandIndexed::Names::find(std::string_view name) const {
  uint64_t hash = text_hash(name) | 1;
  for (uint64_t slot = hash & mask_; entries_[slot].hash != 0; slot = (slot + 1) & mask_) {
    if (entries_[slot].hash == hash && entries_[slot].name == name) return entries_[slot].number;
  }
  return ~0u;
}

HandIndexed::HandIndexed(const Workload& workload)
    : tag_region_(workload.tags, 255), mfa_providers_(workload.teams), hours_(workload.teams, 0xFFFFFF),
      token_limit_(workload.models, INT64_MAX), ip16_(1024), ip24_(1 << 18) {
  for (const Rule& rule : workload.rules) add(rule);
  add_permits(workload);
  add_names(workload);
}

void HandIndexed::add(const Rule& rule) {
  switch (rule.kind) {
    case Rule::Kind::permit: return;
    case Rule::Kind::tag: tag_region_[rule.tag] = static_cast<uint8_t>(rule.region); return;
    case Rule::Kind::mfa: mfa_providers_[rule.team] |= static_cast<uint8_t>(1u << rule.provider); return;
    case Rule::Kind::hour: {
      uint32_t below_high = rule.high >= 24 ? 0xFFFFFF : (1u << rule.high) - 1;
      hours_[rule.team] &= below_high & ~((1u << rule.low) - 1);
      return;
    }
    case Rule::Kind::ip: {
      auto& bits = rule.bits == 16 ? ip16_ : ip24_;
      uint32_t key = rule.prefix >> (32 - rule.bits);
      bits[key / 64] |= uint64_t{1} << key % 64;
      return;
    }
    case Rule::Kind::tokens: token_limit_[rule.model] = std::min(token_limit_[rule.model], rule.high);
  }
}

void HandIndexed::add_permits(const Workload& workload) {
  std::vector<Rule> rules;
  std::ranges::copy_if(workload.rules, std::back_inserter(rules), [](const Rule& rule) { return rule.kind == Rule::Kind::permit; });
  auto key = [](const Rule& rule) { return uint64_t{rule.team} << 32 | rule.model; };
  std::ranges::stable_sort(rules, {}, key);
  pairs_.resize(std::bit_ceil(rules.size() * 2 + 16));
  pair_mask_ = pairs_.size() - 1;
  for (const Rule& rule : rules) {
    uint64_t slot = pair_hash(key(rule)) & pair_mask_;
    while (pairs_[slot].key != ~0ull && pairs_[slot].key != key(rule)) slot = (slot + 1) & pair_mask_;
    if (pairs_[slot].key != key(rule)) pairs_[slot] = {key(rule), static_cast<uint32_t>(permits_.size()), 0};
    ++pairs_[slot].count;
    permits_.push_back({rule.roles, rule.region});
  }
}

void HandIndexed::add_names(const Workload& workload) {
  teams_.build(names(workload.teams, team_name));
  models_.build(names(workload.models, [&](uint32_t i) { return model_name(workload, i); }));
  tags_.build(names(workload.tags, tag_name));
  providers_.build(names(bench::providers, provider_name));
  regions_.build(names(bench::regions, region_name));
  sensitivities_.build(names(3, sensitivity_name));
  roles_.build(names(bench::roles, role_name));
}

bool HandIndexed::forbidden(const Numbered& request) const {
  for (uint32_t i = 0; i < request.tags; ++i) {
    uint8_t region = tag_region_[request.tag[i]];
    if (region != 255 && region != request.model_region) return true;
  }
  if (request.sensitivity == 2 && !request.mfa && (mfa_providers_[request.team] >> request.provider & 1)) return true;
  if (!(hours_[request.team] >> request.hour & 1)) return true;
  if (request.tokens > token_limit_[request.model]) return true;
  uint32_t p16 = request.ip >> 16, p24 = request.ip >> 8;
  return (ip16_[p16 / 64] >> p16 % 64 & 1) || (ip24_[p24 / 64] >> p24 % 64 & 1);
}

__attribute__((noinline)) bool HandIndexed::allows(const Numbered& request) const {
  if (forbidden(request)) return false;
  uint64_t key = uint64_t{request.team} << 32 | request.model;
  for (uint64_t slot = pair_hash(key) & pair_mask_;; slot = (slot + 1) & pair_mask_) {
    const Slot& found = pairs_[slot];
    if (found.key == ~0ull) return false;
    if (found.key != key) continue;
    for (uint32_t i = found.first; i < found.first + found.count; ++i) {
      const Permit& permit = permits_[i];
      bool region = permit.region < 0 ? request.principal_region == request.model_region
                                      : request.model_region == permit.region;
      if ((request.roles & permit.roles) && region) return true;
    }
    return false;
  }
}

__attribute__((noinline)) bool HandIndexed::allows(const Named& request) const {
  Numbered numbers{};
  numbers.team = teams_.find(request.team);
  numbers.model = models_.find(request.model);
  numbers.provider = static_cast<uint8_t>(providers_.find(request.provider));
  numbers.sensitivity = static_cast<uint8_t>(sensitivities_.find(request.sensitivity));
  numbers.principal_region = static_cast<uint8_t>(regions_.find(request.principal_region));
  numbers.model_region = static_cast<uint8_t>(regions_.find(request.model_region));
  numbers.mfa = request.mfa;
  numbers.hour = request.hour;
  numbers.tokens = request.tokens;
  numbers.ip = parse_ip(request.ip);
  for (const std::string& role : request.roles) numbers.roles |= 1u << roles_.find(role);
  for (const std::string& tag : request.tags) numbers.tag[numbers.tags++] = tags_.find(tag);
  return allows(numbers);
}

Numbered HandIndexed::numbered(const Workload& workload, const Request& request) {
  Numbered result{};
  result.team = request.team;
  result.model = request.model;
  result.ip = request.ip;
  result.roles = request.roles;
  result.tokens = request.tokens;
  result.provider = workload.provider[request.model];
  result.sensitivity = workload.sensitivity[request.model];
  result.principal_region = request.principal_region;
  result.model_region = request.model_region;
  result.mfa = request.mfa;
  result.hour = request.hour;
  for (uint32_t tag : request.tags) result.tag[result.tags++] = tag;
  return result;
}

Named HandIndexed::named(const Workload& workload, const Request& request) {
  Named result{};
  result.team = team_name(request.team);
  result.model = model_name(workload, request.model);
  result.provider = provider_name(workload.provider[request.model]);
  result.sensitivity = sensitivity_name(workload.sensitivity[request.model]);
  result.principal_region = region_name(request.principal_region);
  result.model_region = region_name(request.model_region);
  result.ip = fmt::format("{}.{}.{}.{}", request.ip >> 24, request.ip >> 16 & 255, request.ip >> 8 & 255, request.ip & 255);
  for (uint32_t i = 0; i < bench::roles; ++i) {
    if (request.roles >> i & 1) result.roles.push_back(role_name(i));
  }
  for (uint32_t tag : request.tags) result.tags.push_back(tag_name(tag));
  result.mfa = request.mfa;
  result.hour = request.hour;
  result.tokens = request.tokens;
  return result;
}

}  // namespace aipol::bench
