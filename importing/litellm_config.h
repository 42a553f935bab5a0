// What of a LiteLLM configuration has a counterpart, section by section.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "importing/translation.h"
#include "importing/words.h"
#include "importing/yaml.h"

namespace aipol::importing::litellm {

struct Provider {
  std::string name, kind, url;
  std::string key;  // the variable of the environment; empty: none
};

// One entry of model_list.
struct Deployment {
  std::string name;  // as a model of the set
  std::string provider, upstream, region;
  std::optional<int64_t> input_price, output_price;  // nano-dollars per million tokens
  std::optional<int64_t> weight, rpm, tpm, timeout_s, max_tokens, context;
  bool has_price() const { return input_price && output_price; }
};

// What clients ask for: entries of one model_name.
struct Group {
  std::string name;
  std::vector<Deployment> deployments;
  std::vector<std::string> access_groups;
  std::string mode = "chat";
  std::vector<std::string> fallbacks;  // names of groups
  std::string alias_of = {};           // the group that it is another name of
};

// The bounds of whoever they belong to.
struct Bounds {
  std::string what;                    // "team `search`"
  std::string guard = {};              // an expression; empty: everyone
  std::string key;                     // of its counters, an expression
  std::optional<int64_t> budget = {};  // nano-dollars
  std::string window = "ever";
  std::optional<int64_t> rpm = {}, tpm = {}, parallel = {};
  std::vector<std::string> models = {};  // names of groups and access groups; empty: all
  bool limits_models = false;
};

struct Config {
  std::string file;
  std::vector<Provider> providers;
  std::vector<Group> groups;
  std::vector<Bounds> bounds;
  std::string strategy = "weight";
  std::optional<int64_t> retries, timeout_s, allowed_fails, cooldown_s;
  Translation out;
  Names names;

  const Group* find(std::string_view name) const;
  // States what became of a part.
  void state(const Yaml& at, std::string what, Share share = Share::whole, std::string note = {});
  // States every member that is not in `known` as left out.
  void state_others(const Yaml& map, std::string_view prefix,
                    std::initializer_list<std::string_view> known);
};

void read_models(const Yaml& root, Config& config);
void read_router(const Yaml& root, Config& config);
void read_bounds(const Yaml& root, Config& config);

void write_models(Config& config);
void write_policies(Config& config);
void write_tests(Config& config);

// "30d", "1mo" as a window; empty where it is none.
std::string window_of(std::string_view duration);

}  // namespace aipol::importing::litellm
