#include "stdlib/native/document.h"

#include <doctest.h>
#include <fmt/format.h>

#include "runtime/abi/scratch.h"
#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

TEST_CASE("places of a document are found by path and keys") {
  Document document;
  Document::Place limits = document.make(Document::root, "limits");
  for (int i = 0; i < 5000; ++i) {
    Document::Place entry = document.make(limits, fmt::format("team {}", i));
    document.set(document.make(entry, "daily"), cell_of(int64_t{i}));
    document.set(document.make(entry, "*"), cell_of(int64_t{-i}));
  }
  AipolScratch scratch;
  auto call = [&](std::string_view native, std::string_view path, std::vector<AipolCell> keys) {
    AipolCell result{};
    AipolCell arguments[] = {{reinterpret_cast<uint64_t>(&document), 0},
                             cell_of(path),
                             cell_of(std::span<const AipolCell>(keys))};
    find(native)->function(arguments, &result, &scratch);
    return integer_of(result);
  };
  for (int i = 0; i < 5000; ++i) {
    const std::string key = fmt::format("team {}", i);
    CHECK(call("data.integer", "limits.*.daily", {cell_of(std::string_view(key))}) == i);
    CHECK(call("data.has", "limits.*.*",
               {cell_of(std::string_view(key)), cell_of(std::string_view("*"))}) == 1);
  }
  CHECK(call("data.has", "limits", {}) == 1);
  CHECK(call("data.has", "", {}) == 1);
  CHECK(call("data.has", "limits.*.daily", {cell_of(std::string_view("team 5000"))}) == 0);
  CHECK(call("data.integer", "limits.*.daily", {cell_of(std::string_view("team 5000"))}) == 0);
  CHECK(call("data.integer", "limits.*.daily", {}) == 0);
  const AipolCell nothing[3] = {{}, cell_of(std::string_view("a")), {}};
  AipolCell result{1, 1};
  find("data.text")->function(nothing, &result, &scratch);
  CHECK(text_of(result).empty());
  CHECK(call("data.has", "limits.*.weekly", {cell_of(std::string_view("team 1"))}) == 0);
}

}  // namespace aipol::native
