// What a policy set declares besides rules: the models, providers, endpoints and identities the
// gateway works with.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/value.h"

namespace aipol::plan {

// Where a secret comes from; its text is read when the gateway starts and never printed.
struct Secret {
  enum class From : uint8_t { environment, file } from = From::environment;
  std::string name;  // of the variable, or the file's path
};

// Fields by name, as policies read them (`model.region`, `model.sensitivity`); enums are member
// numbers.
using Fields = std::vector<std::pair<std::string, Constant>>;

struct Provider {
  std::string name;
  std::string kind;  // a member of ProviderKind: openai, echo
  std::string url;   // without a trailing slash; empty for echo
  std::optional<Secret> key;
  std::chrono::nanoseconds timeout{};  // for a whole answer; zero: the gateway's
  Fields fields;
};

struct Model {
  std::string name;      // what clients ask for and policies compare with
  std::string upstream;  // what the provider calls it
  uint32_t provider = 0;
  Fields fields;  // every field of `model` but name, known and provider
};

struct Endpoint {
  std::string glob;
  std::string accepts;            // a member of Accepts: chat, models, any, …
  std::string model;              // used where the request names none; may be empty
  std::vector<uint32_t> servers;  // of mcp: the providers behind it
};

struct Identity {
  std::string name;
  std::string kind;    // api_key, jwt, mtls
  std::string header;  // lower case
  std::string file;    // the key file, relative to the policy set's folder unless absolute
  // Of jwt and mtls.
  std::string issuer, audience;
  std::string jwks;                     // address or file of the keys; empty: by OpenID discovery
  std::vector<std::string> algorithms;  // as a token's header names them
  std::chrono::nanoseconds leeway{}, refresh{};
  std::string ca;  // file of certificates that clients' must lead to
  // What a field of the principal is taken from: a claim's path ("org.team"), or a membership
  // ("amr" has "mfa").
  struct Mapping {
    std::string field;              // "id", "roles", "team", "mfa"
    std::string claim;              // path, dots between
    std::string member;             // not empty: whether the claim's list has it
    std::optional<Constant> value;  // not a claim but this: `kind: app`
  };
  std::vector<Mapping> map;
};

// Where audit records and alerts go.
struct Sink {
  std::string name;
  std::string kind;  // a member of SinkKind: file, stdout, syslog, webhook, otlp
  std::string path;
  std::optional<Secret> url_secret;
  std::string url;
  std::optional<Secret> key;  // sent as Bearer
  int64_t rotate_bytes = 100 << 20;
  int64_t keep = 0;            // files that were put aside; 0: all
  std::string fsync = "second";  // a member of Fsync
  std::string spool;           // a folder; empty: in memory only
};

// `grant app "checkout" on model "gpt-4o" until "2027-01-01" approved_by "dana"`.
struct Grant {
  std::string kind;  // user, app
  std::string principal;
  uint32_t model = 0;
  std::optional<int64_t> until;  // nanoseconds since the epoch
  std::string approved_by;
};

// A remote judge of texts.
struct Classifier {
  std::string name;
  uint32_t provider = 0;
  std::string path;
  std::chrono::nanoseconds timeout{};
  bool deny_on_error = true;
};

// `prompt summarize v3 (text: string) { … }`, served as POST /v1/prompts/summarize.
struct Prompt {
  struct Part {
    std::string text;                   // as it stands
    std::optional<uint32_t> parameter;  // or the value of that one
  };
  std::string name;
  std::string version;
  std::vector<std::string> parameters;
  uint32_t model = 0;
  std::vector<Part> system, user;
};

// Where meters are kept.
struct State {
  enum class Kind : uint8_t { memory, sqlite, redis } kind = Kind::memory;
  std::string at;  // the file, or the address
};

struct Gateway {
  std::string listen = "127.0.0.1:8080";
  std::string admin;  // empty: none
  std::string tls_certificate;  // a file; empty: plain HTTP
  std::optional<Secret> tls_key;
  std::vector<Network> trusted_proxies;
  std::string countries;  // file of a MaxMind database; empty: none
  State state;
  std::string on_state_error = "deny";  // a member of StateError
  std::chrono::nanoseconds state_window = std::chrono::milliseconds(100);
  std::vector<uint32_t> audit;  // sinks of every record
  bool audit_blocks = true;     // requests wait for sinks that can not keep up
  std::vector<std::string> data_tags;  // tags that the header x-data-tags may add
  int64_t max_header_bytes = 64 * 1024;
  int64_t max_body_bytes = 10 * 1024 * 1024;
  std::chrono::nanoseconds header_timeout = std::chrono::seconds(10);  // for a whole request head
  std::chrono::nanoseconds body_timeout = std::chrono::seconds(30);    // for a whole request body
  std::chrono::nanoseconds idle_timeout =
      std::chrono::seconds(75);  // between requests of a connection
  std::chrono::nanoseconds upstream_timeout =
      std::chrono::seconds(120);  // from request to answer's last byte
  std::chrono::nanoseconds drain_timeout =
      std::chrono::seconds(30);  // for requests in flight after SIGTERM
};

struct Deployment {
  std::vector<Provider> providers;
  std::vector<Model> models;
  std::vector<Endpoint> endpoints;  // the set's own before the standard ones; the most specific
                                    // wins (decision::Program)
  std::vector<Identity> identities;
  std::vector<Sink> sinks;
  std::vector<Grant> grants;
  std::vector<Classifier> classifiers;
  std::vector<Prompt> prompts;
  Gateway gateway;
};

}  // namespace aipol::plan
