// The authorization workload of the shared benchmark (gen_policies.py), by a generator of its own: rules as data,
// requests as data, the same mix and the same proportions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/choices.h"

namespace aipol::bench {

struct Rule {
  enum class Kind : uint8_t { permit, tag, mfa, hour, ip, tokens } kind;
  uint32_t team = 0, model = 0, tag = 0, provider = 0, roles = 0;  // roles: bits
  int region = -1;                                                 // permit: -1 where both must match
  int64_t low = 0, high = 0;                                       // hours allowed [low, high); most tokens
  uint32_t prefix = 0, bits = 0;                                   // of IPv4
};

struct Request {
  uint32_t team, model, roles, ip;
  uint8_t principal_region, model_region, hour;
  bool mfa;
  int64_t tokens;
  std::vector<uint32_t> tags;
};

struct Workload {
  uint32_t teams, models, tags;
  std::vector<uint8_t> provider, sensitivity;  // by model
  std::vector<Rule> rules;
  std::vector<Request> requests;
};

Workload make_workload(uint32_t rules, uint32_t requests);

constexpr uint32_t regions = 6, providers = 8, roles = 12;
std::string team_name(uint32_t team);
std::string model_name(const Workload& workload, uint32_t model);
std::string provider_name(uint32_t provider);
std::string tag_name(uint32_t tag);
std::string role_name(uint32_t role);

}  // namespace aipol::bench
