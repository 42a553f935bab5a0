#include "tests/support/random_objects.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "stdlib/native/cells.h"
#include "stdlib/native/detect.h"
#include "stdlib/native/document.h"

namespace aipol::testing {

namespace {

using plan::Rep;

constexpr std::pair<Rep, std::string_view> kinds[] = {
    {Rep::boolean, "boolean"}, {Rep::integer, "integer"}, {Rep::real, "real"},        {Rep::text, "text"},
    {Rep::ip, "ip"},           {Rep::texts, "texts"},     {Rep::integers, "integers"}};
constexpr std::string_view keys[] = {"", "a", "b", "admin", "/v1/ai"};

AipolCell value(native::Document& document, Rep rep, size_t number) {
  switch (rep) {
    case Rep::boolean: return native::cell_of(number % 2 == 0);
    case Rep::integer: return native::cell_of(static_cast<int64_t>(number) - 1);
    case Rep::real: return native::cell_of(static_cast<double>(number) / 2);
    case Rep::text: return document.keep(keys[number]);
    case Rep::ip: return {0, 0xFFFF'0A00'0001};
    default: break;
  }
  std::vector<AipolCell> members;
  for (size_t i = 0; i < number; ++i) {
    members.push_back(rep == Rep::texts ? document.keep(keys[i]) : native::cell_of(static_cast<int64_t>(i)));
  }
  return document.keep(std::span<const AipolCell>(members));
}

// `integer`, `integer_by_key.*` and `integer_column`, say: a value by itself, a map and a list of such.
native::Document make_document() {
  native::Document document;
  for (auto [rep, name] : kinds) {
    document.set(document.make(native::Document::root, name), value(document, rep, 3));
    auto map = document.make(native::Document::root, std::string(name) + "_by_key");
    for (size_t i = 0; i < std::size(keys); i += 2) {
      document.set(document.make(map, keys[i]), value(document, rep, i));
    }
    std::vector<AipolCell> column;
    for (size_t i = 0; i < 4; ++i) column.push_back(value(document, rep, i));
    document.set(document.make(native::Document::root, std::string(name) + "_column"), document.keep(column));
  }
  return document;
}

constexpr size_t detectors = 3;

native::Detectors make_detectors() {
  std::array<native::DetectorRules, detectors> rules{{
      {"digits", {"t[0-9]+"}, {}, {}, 0.25},
      {"words", {"admin", "/v1/[a-z]+"}, {}, {}, 0.5},
      {"phrase", {}, {}, {"team-1"}, 1},
  }};
  auto made = native::Detectors::compile(rules);
  AIPOL_CHECK(made, "the detectors of tests compile");
  return std::move(*made);
}

}  // namespace

AipolCell document_handle() {
  static const native::Document document = make_document();
  return {reinterpret_cast<uint64_t>(&document), 0};
}

AipolCell detectors_handle() {
  static const native::Detectors all = make_detectors();
  return {reinterpret_cast<uint64_t>(&all), 0};
}

std::string random_document_path(Rep rep, Choices& choices) {
  std::string_view name = "none";
  for (auto [kind, text] : kinds) {
    if (kind == rep) name = text;
  }
  switch (choices.below(5)) {
    case 0: return "nowhere";
    case 1: return std::string(name);
    default: return std::string(name) + "_by_key.*";
  }
}

std::string document_column(Rep rep) {
  auto found = std::ranges::find(kinds, rep, &std::pair<Rep, std::string_view>::first);
  return std::string(found->second) + "_column";
}

std::vector<int64_t> random_detectors(Choices& choices) {
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < detectors; ++i) {
    if (choices.one_in(2)) numbers.push_back(static_cast<int64_t>(i));
  }
  return numbers;
}

}  // namespace aipol::testing
