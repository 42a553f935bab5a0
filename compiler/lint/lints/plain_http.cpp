// A `http://` address that is not of this machine or a private network: prompts and keys would
// cross the network as they are.
#include <algorithm>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

constexpr std::string_view scheme = "http://";

bool is_near(std::string_view host) {
  constexpr std::string_view begins[] = {"127.",     "10.",     "192.168.", "172.16.", "172.17.",
                                         "172.18.",  "172.19.", "172.2",    "172.30.", "172.31.",
                                         "169.254.", "[::1]",   "[fc",      "[fd"};
  constexpr std::string_view ends[] = {"localhost", ".local",         ".internal",
                                       ".svc",      ".cluster.local", ".test"};
  // A name without a dot is one of the local network.
  return host.find_first_of(".:") == host.npos ||
         std::ranges::any_of(begins, [&](auto part) { return host.starts_with(part); }) ||
         std::ranges::any_of(ends, [&](auto part) { return host.ends_with(part); });
}

void look_at(Context& context, const ast::Expression& value) {
  const std::string* url = literal_text(value);
  if (url == nullptr || !url->starts_with(scheme)) return;
  std::string_view host = std::string_view(*url).substr(scheme.size());
  host = host.substr(0, host.find_first_of("/?"));
  if (!host.starts_with('[')) host = host.substr(0, host.find(':'));
  if (is_near(host)) return;
  context.report(value.span, "what is sent to `{}` is not encrypted", host).help("use `https://`");
}

}  // namespace

void plain_http(Context& context) {
  each_declared<ast::BlockDeclaration>(context, [&](const auto&, const auto& block) {
    for (const ast::RecordEntry& entry : block.settings.entries) {
      constexpr std::string_view addresses[] = {"url", "jwks"};
      if (std::ranges::find(addresses, entry.key.text) != std::end(addresses))
        look_at(context, *entry.value);
    }
  });
}

}  // namespace aipol::lint
