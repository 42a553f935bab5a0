// The workload decided by an index written by hand, as the shared benchmark's limit.cpp does it: what is possible.
#pragma once

#include <string>
#include <vector>

#include "tests/support/workload.h"

namespace aipol::bench {

// A request in numbers.
struct Numbered {
  uint32_t team, model, ip, roles;
  int64_t tokens;
  uint8_t provider, sensitivity, principal_region, model_region, mfa, hour, tags;
  uint32_t tag[4];
};

// A request in names.
struct Named {
  std::string team, model, provider, sensitivity, principal_region, model_region, ip;
  std::vector<std::string> roles, tags;
  bool mfa;
  uint8_t hour;
  int64_t tokens;
};

class HandIndexed {
 public:
  explicit HandIndexed(const Workload& workload);
  bool allows(const Numbered& request) const;
  bool allows(const Named& request) const;

  static Numbered numbered(const Workload& workload, const Request& request);
  static Named named(const Workload& workload, const Request& request);

 private:
  struct Permit {
    uint32_t roles;
    int region;
  };
  struct Slot {
    uint64_t key = ~0ull;
    uint32_t first = 0, count = 0;
  };
  class Names {
   public:
    void build(const std::vector<std::string>& names);
    uint32_t find(std::string_view name) const;

   private:
    struct Entry {
      uint64_t hash = 0;
      uint32_t number = 0;
      std::string name;
    };
    std::vector<Entry> entries_;
    uint64_t mask_ = 0;
  };

  bool forbidden(const Numbered& request) const;
  void add(const Rule& rule);
  void add_permits(const Workload& workload);
  void add_names(const Workload& workload);

  std::vector<Slot> pairs_;
  std::vector<Permit> permits_;
  std::vector<uint8_t> tag_region_, mfa_providers_;
  std::vector<uint32_t> hours_;
  std::vector<int64_t> token_limit_;
  std::vector<uint64_t> ip16_, ip24_;
  uint64_t pair_mask_ = 0;
  Names teams_, models_, tags_, providers_, regions_, sensitivities_, roles_;
};

}  // namespace aipol::bench
