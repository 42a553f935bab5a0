// Two endpoints that both match some path, neither of them the more specific one.
#include <algorithm>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

using Segments = std::vector<std::string_view>;

Segments segments_of(std::string_view glob) {
  Segments out;
  while (!glob.empty()) {
    glob.remove_prefix(1);  // the slash
    size_t end = std::min(glob.find('/'), glob.size());
    out.push_back(glob.substr(0, end));
    glob.remove_prefix(end);
  }
  return out;
}

// Whether some text matches both; of a segment with several stars more may be said to meet than do.
bool meet(std::string_view a, std::string_view b) {
  size_t star_a = a.find('*'), star_b = b.find('*');
  if (star_a == a.npos && star_b == b.npos) return a == b;
  if (star_a == a.npos) return meet(b, a);
  size_t before = std::min(star_a, star_b == b.npos ? b.size() : star_b);
  if (a.substr(0, before) != b.substr(0, before)) return false;
  std::string_view end_a = a.substr(a.rfind('*') + 1);
  std::string_view end_b = star_b == b.npos ? b : b.substr(b.rfind('*') + 1);
  size_t behind = std::min(end_a.size(), end_b.size());
  if (end_a.substr(end_a.size() - behind) != end_b.substr(end_b.size() - behind)) return false;
  return star_b != b.npos || b.size() > star_a + end_a.size();
}

// Whether every text of `b` is one of `a`, where that is plain to see.
bool covers(std::string_view a, std::string_view b) { return a == b || a == "*"; }

// Globs with `**` anywhere but at the end are left alone.
struct Glob {
  Segments segments;
  bool open = false;  // ends with `**`
  bool plain = true;
};

Glob glob_of(std::string_view text) {
  Glob out{segments_of(text)};
  if (!out.segments.empty() && out.segments.back() == "**") {
    out.open = true;
    out.segments.pop_back();
  }
  out.plain = std::ranges::none_of(out.segments,
                                   [](auto s) { return s.find("**") != std::string_view::npos; });
  return out;
}

bool meet(const Glob& a, const Glob& b) {
  size_t common = std::min(a.segments.size(), b.segments.size());
  for (size_t i = 0; i < common; ++i) {
    if (!meet(a.segments[i], b.segments[i])) return false;
  }
  return (a.segments.size() == common || b.open) && (b.segments.size() == common || a.open);
}

bool covers(const Glob& a, const Glob& b) {
  bool length = a.open ? a.segments.size() <= b.segments.size()
                       : !b.open && a.segments.size() == b.segments.size();
  for (size_t i = 0; length && i < a.segments.size(); ++i)
    length = covers(a.segments[i], b.segments[i]);
  return length;
}

}  // namespace

void overlapping_endpoints(Context& context) {
  constexpr size_t most = 1000;  // endpoints compared with each other
  struct Endpoint {
    Glob glob;
    std::string_view text;
    Span span;
  };
  std::vector<Endpoint> endpoints;
  each_declared<ast::BlockDeclaration>(context, [&](const auto&, const auto& block) {
    if (block.keyword.text != "endpoint" || !block.label || endpoints.size() >= most) return;
    Endpoint found{glob_of(*block.label), *block.label, block.label_span};
    if (found.glob.plain) endpoints.push_back(std::move(found));
  });
  for (size_t i = 0; i < endpoints.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const Glob &a = endpoints[i].glob, &b = endpoints[j].glob;
      if (!meet(a, b) || covers(a, b) || covers(b, a)) continue;
      context
          .report(endpoints[i].span,
                  "`{}` and `{}` match some paths both, and neither is in the other",
                  endpoints[i].text, endpoints[j].text)
          .label(endpoints[j].span, "the other one");
    }
  }
}

}  // namespace aipol::lint
