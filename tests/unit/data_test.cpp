#include "runtime/data/data.h"

#include <doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "plan/ip.h"
#include "stdlib/native/cells.h"

namespace aipol::data {

namespace {

using native::integer_of;
using native::text_of;
using plan::DataType;
using plan::Rep;
using plan::Unit;
using Kind = DataType::Kind;
using Format = plan::Document::Format;

const std::vector<plan::Enumeration> enumerations{{"Color", {"red", "green"}, false},
                                                  {"Region", {"eu", "us", "unknown"}, true}};

DataType scalar(Rep rep, Unit unit = Unit::none, uint32_t enumeration = ~0u) {
  DataType type;
  type.rep = rep;
  type.unit = unit;
  type.enumeration = enumeration;
  return type;
}
const DataType text = scalar(Rep::text), integer = scalar(Rep::integer), real = scalar(Rep::real),
               boolean = scalar(Rep::boolean), ip = scalar(Rep::ip),
               usd = scalar(Rep::integer, Unit::nano_dollars),
               color = scalar(Rep::integer, Unit::none, 0),
               region = scalar(Rep::integer, Unit::none, 1);

DataType of(Kind kind, DataType element) {
  DataType type;
  type.kind = kind;
  type.parts = {std::move(element)};
  return type;
}

// Names that end with `?` are optional.
DataType record(std::vector<std::pair<std::string, DataType>> fields) {
  DataType type;
  type.kind = Kind::record;
  for (auto& [name, part] : fields) {
    type.optional.push_back(name.ends_with('?'));
    type.names.push_back(name.substr(0, name.size() - type.optional.back()));
    type.parts.push_back(std::move(part));
  }
  return type;
}

Data well(const DataType& type, std::string_view source, Format format = Format::json) {
  auto data = read(type, format, enumerations, source, "d");
  REQUIRE_MESSAGE(data.has_value(), data.error().message);
  return *data;
}

std::string bad(const DataType& type, std::string_view source, Format format = Format::json) {
  auto data = read(type, format, enumerations, source, "d");
  return data ? "read" : data.error().message;
}

const AipolCell* find(const Data& data, std::string_view path,
                      std::vector<std::string_view> keys = {}) {
  std::vector<AipolCell> cells;
  for (std::string_view key : keys) cells.push_back(native::cell_of(key));
  return data->find(path, cells);
}

int64_t number(const Data& data, std::string_view path, std::vector<std::string_view> keys = {}) {
  const AipolCell* cell = find(data, path, std::move(keys));
  REQUIRE(cell != nullptr);
  return integer_of(*cell);
}

std::string texts(const Data& data, std::string_view path,
                  std::vector<std::string_view> keys = {}) {
  const AipolCell* cell = find(data, path, std::move(keys));
  REQUIRE(cell != nullptr);
  std::string out;
  for (const AipolCell& one : native::list_of(*cell)) out += std::string(text_of(one)) + ";";
  return out;
}

std::string integers(const Data& data, std::string_view path,
                     std::vector<std::string_view> keys = {}) {
  const AipolCell* cell = find(data, path, std::move(keys));
  REQUIRE(cell != nullptr);
  std::string out;
  for (const AipolCell& one : native::list_of(*cell)) out += std::to_string(integer_of(one)) + ";";
  return out;
}

int64_t only(const DataType& type, std::string_view source) {
  return number(well(type, source), "");
}

const DataType line = record(
    {{"sku", text}, {"qty", integer}, {"note?", text}, {"box?", record({{"color", color}})}});

}  // namespace

TEST_CASE("plain values of documents") {
  CHECK(only(integer, "-12") == -12);
  CHECK(only(integer, "12.0") == 12);
  CHECK(only(integer, "9223372036854775807") == INT64_MAX);
  CHECK(only(boolean, "true") == 1);
  CHECK(native::real_of(*find(well(real, "2"), "")) == 2.0);
  CHECK(only(usd, "2.5") == 2'500'000'000);
  CHECK(only(usd, "\"$0.000000001\"") == 1);
  CHECK(only(usd, "\"-$3.10\"") == -3'100'000'000);
  CHECK(only(scalar(Rep::integer, Unit::nanoseconds), "\"1h30m1ms\"") == 5'400'001'000'000);
  CHECK(only(scalar(Rep::integer, Unit::nanoseconds), "1.5") == 1'500'000'000);
  CHECK(only(scalar(Rep::integer, Unit::time), "\"1970-01-01T00:00:01Z\"") == 1'000'000'000);
  CHECK(only(scalar(Rep::integer, Unit::clock), "\"09:30\"") == 34'200);
  CHECK(only(scalar(Rep::integer, Unit::clock), "\"23:59:59\"") == 86'399);
  CHECK(only(scalar(Rep::integer, Unit::date), "\"1970-01-03\"") == 2);
  CHECK(only(color, "\"green\"") == 1);
  CHECK(only(region, "\"mars\"") == 2);
  const Data address = well(ip, "\"10.0.0.1\"");
  CHECK(plan::Ip{find(address, "")->a, find(address, "")->b} == *plan::parse_ip("10.0.0.1"));
}

TEST_CASE("maps, records, sets and lists of records are looked up by path and keys") {
  const Data approved =
      well(of(Kind::map, of(Kind::set, text)), R"({"a": ["y", "x", "y"], "b c": [], "": ["z"]})");
  CHECK(texts(approved, "*", {"a"}) == "x;y;");
  CHECK(texts(approved, "*", {"b c"}).empty());
  CHECK(texts(approved, "*", {""}) == "z;");
  CHECK(find(approved, "*", {"c"}) == nullptr);

  const Data nested = well(
      record({{"limits", of(Kind::map, record({{"daily", integer}, {"note?", text}}))},
              {"lines", of(Kind::list, line)},
              {"ports", of(Kind::list, integer)}}),
      R"({"limits": {"a": {"daily": 5}, "b": {"note": "n", "daily": 6}, "c": {"daily": 7, "note": null}}, "ports": [3, 1, 3],
                               "lines": [{"sku": "s1", "qty": 1}, {"qty": 2, "sku": "s2", "note": "fragile", "box": {"color": "green"}}, {"sku": "s3", "qty": 3, "note": null}]})");
  CHECK(number(nested, "limits.*.daily", {"b"}) == 6);
  CHECK(text_of(*find(nested, "limits.*.note", {"b"})) == "n");
  CHECK(find(nested, "limits.*.note", {"a"}) == nullptr);
  CHECK(find(nested, "limits.*.note", {"c"}) == nullptr);
  CHECK(find(nested, "limits.*", {"a"}) != nullptr);
  CHECK(find(nested, "limits.*", {"d"}) == nullptr);
  CHECK(integers(nested, "ports") == "3;1;3;");
  CHECK(texts(nested, "lines.sku") == "s1;s2;s3;");
  CHECK(integers(nested, "lines.qty") == "1;2;3;");
  CHECK(texts(nested, "lines.note") == ";fragile;;");
  CHECK(integers(nested, "lines.note?") == "0;1;0;");
  CHECK(integers(nested, "lines.box.color") == "0;1;0;");
  CHECK(integers(nested, "lines.box?") == "0;1;0;");

  const Data rows = well(
      of(Kind::list,
         record(
             {{"name", text}, {"tags?", of(Kind::set, text)}, {"ports", of(Kind::list, integer)}})),
      R"([{"name": "a", "tags": ["y", "x", "y"], "ports": [3, 1]}, {"name": "b", "ports": []}, {"name": "c", "tags": [], "ports": [2]}])");
  auto row = [&](std::string_view path, size_t i) {
    return native::list_of(native::list_of(*find(rows, path))[i]);
  };
  CHECK(row("tags", 0).size() == 2);
  CHECK(text_of(row("tags", 0)[0]) == "x");
  CHECK(row("tags", 1).empty());
  CHECK(row("ports", 0).size() == 2);
  CHECK(native::integer_of(row("ports", 0)[0]) == 3);
  CHECK(native::integer_of(row("ports", 2)[0]) == 2);
  CHECK(integers(rows, "tags?") == "1;0;1;");

  const Data list = well(of(Kind::list, line), "[]");
  CHECK(texts(list, "sku").empty());
}

TEST_CASE("what is wrong with JSON is said with its path") {
  const DataType limits = of(Kind::map, record({{"daily", integer}, {"note?", text}}));
  CHECK(bad(limits, R"({"a b": {"daily": "x"}})") ==
        "d: $[\"a b\"].daily: expected an integer, found \"x\"");
  CHECK(bad(limits, R"({"a": {"note": "x"}})") == "d: $.a: the field `daily` is missing");
  CHECK(bad(limits, R"({"a": {"daily": 1, "dayly": 2}})") ==
        "d: $.a.dayly: no such field; the record has `daily`, `note`");
  CHECK(bad(limits, R"({"a": {"daily": 1, "daily": 1}})") ==
        "d: $.a.daily: this key stands here twice");
  CHECK(bad(limits, R"({"a": {"daily": 1}, "a": {"daily": 1}})") ==
        "d: $.a: this key stands here twice");
  CHECK(bad(limits, R"({"a": {"daily": null}})") ==
        "d: $.a.daily: expected an integer, found null");
  CHECK(bad(limits, R"({"a": [1]})") == "d: $.a: expected an object, found a list");
  CHECK(bad(limits, "[]") == "d: $: expected an object with any keys, found a list");
  CHECK(bad(limits, "{\n \"a\": }") == "d:2:7: is no JSON from here on");
  CHECK(bad(limits, "") == "d:1:1: is no JSON from here on");
  CHECK(bad(of(Kind::list, line), R"([{"sku": "a", "qty": 1}, {"sku": "a", "qty": true}])") ==
        "d: $[1].qty: expected an integer, found true");
  CHECK(bad(of(Kind::set, color), R"(["red", "blue"])") ==
        "d: $[1]: expected one of `red`, `green`, found \"blue\"");
  CHECK(bad(of(Kind::set, text), R"([["a"]])") == "d: $[0]: expected a text, found a list");
  CHECK(bad(integer, "9223372036854775808") ==
        "d: $: expected an integer, found 9223372036854775808");
  CHECK(bad(integer, "1.5") == "d: $: expected an integer, found 1.5");
  CHECK(bad(usd, "1e300") == "d: $: expected dollars (`$2.50`, or a number), found 1e300");
  CHECK(bad(usd, "\"$1.0000000001\"") ==
        "d: $: expected dollars (`$2.50`, or a number), found \"$1.0000000001\"");
  CHECK(bad(ip, "\"10.0.0\"") == "d: $: expected an IP address, found \"10.0.0\"");
  for (const char* time : {"24:00", "9:00", "09:60", "09-00", "09:00:"})
    CHECK(bad(scalar(Rep::integer, Unit::clock), fmt::format("\"{}\"", time)) != "read");
  for (const char* span : {"", "1", "h", "1h m", "-1h", "9999999999d"})
    CHECK(bad(scalar(Rep::integer, Unit::nanoseconds), fmt::format("\"{}\"", span)) != "read");
  CHECK(bad(text, "\"\xFF\"") != "read");
  CHECK(bad(of(Kind::list, of(Kind::list, text)), "[]") ==
        "d: a document cannot have lists of lists or of maps");
  CHECK(bad(of(Kind::map, text), std::string(100'000, '[')) ==
        "d: $: expected an object with any keys, found a list");
}

TEST_CASE("CSV is a list of records") {
  const DataType rows =
      of(Kind::list, record({{"sku", text}, {"qty", integer}, {"price?", usd}, {"hot?", boolean}}));
  const Data data = well(
      rows, "\xEF\xBB\xBFqty,sku,price\r\n1,\"a \"\"b\"\", c\",$2.50\r\n\r\n2,\"x\ny\",\n3,,0.1",
      Format::csv);
  CHECK(integers(data, "qty") == "1;2;3;");
  CHECK(texts(data, "sku") == "a \"b\", c;x\ny;;");
  CHECK(integers(data, "price") == "2500000000;0;100000000;");
  CHECK(integers(data, "price?") == "1;0;1;");
  CHECK(integers(data, "hot?") == "0;0;0;");
  CHECK(texts(well(rows, "sku,qty", Format::csv), "sku").empty());
  CHECK(bad(rows, "sku,qty\na,1\nb\n", Format::csv) == "d:3: expected 2 cells, found 1");
  CHECK(bad(rows, "sku,qty\n\"a\nb\",x\n", Format::csv) ==
        "d:2: column `qty`: expected an integer, found `x`");
  CHECK(bad(rows, "sku,qty\n\"a\nb\",1\nc,\n", Format::csv) ==
        "d:4: column `qty`: expected an integer, found ``");
  CHECK(bad(rows, "sku,amount\n", Format::csv) ==
        "d:1: no field `amount`; the record has `sku`, `qty`, `price`, `hot`");
  CHECK(bad(rows, "sku\n", Format::csv) == "d:1: the column `qty` is missing");
  CHECK(bad(rows, "sku,qty,sku\n", Format::csv) == "d:1: the column `sku` stands here twice");
  CHECK(bad(rows, "", Format::csv) == "d:1: the header line is missing");
  CHECK(bad(rows, "sku,qty\n\"a\"b,1\n", Format::csv) ==
        "d:2: expected a comma behind the closing quote");
  CHECK(bad(rows, "sku,qty\na\"b,1\n", Format::csv) ==
        "d:2: a cell with a quote in it must stand in quotes");
  CHECK(bad(rows, "sku,qty\n\"a,1\n", Format::csv) == "d:2: the closing quote is missing");
  CHECK(bad(rows, "sku,qty\n\xFF,1\n", Format::csv) == "d:2: is not UTF-8");
  CHECK(bad(text, "a", Format::csv) ==
        "d: CSV holds a list of records, or a map of records or plain values, of plain fields");
}

TEST_CASE("CSV is a map by its first column") {
  const Data limits =
      well(of(Kind::map, record({{"daily", integer}, {"note?", text}, {"region?", region}})),
           "team,note,daily,region\na,,5,mars\n\"b,c\",n,6,\n", Format::csv);
  CHECK(number(limits, "*.daily", {"b,c"}) == 6);
  CHECK(number(limits, "*.region", {"a"}) == 2);
  CHECK(find(limits, "*.note", {"a"}) == nullptr);
  CHECK(find(limits, "*.region", {"b,c"}) == nullptr);
  CHECK(number(well(of(Kind::map, integer), "key,value\na,1\nb,2\n", Format::csv), "*", {"b"}) ==
        2);
  CHECK(bad(of(Kind::map, integer), "key,value\na,1\na,2\n", Format::csv) ==
        "d:3: the key `a` stands here twice");
  CHECK(bad(of(Kind::map, integer), "key\na\n", Format::csv) ==
        "d:1: expected two columns, key and value, found 1");
}

TEST_CASE("documents have bounds") {
  std::string many = "[";
  for (size_t i = 0; i <= most_entries; ++i) many += "1,";
  many.back() = ']';
  CHECK(bad(of(Kind::list, integer), many) ==
        fmt::format("d: $[{}]: more than {} entries", most_entries - 1, most_entries));
  CHECK(bad(text, std::string(most_bytes + 1, ' ')) == "d: larger than 64 MiB");
}

TEST_CASE("documents are files") {
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("aipol-data-{}", ::getpid());
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "d.json") << R"({"a": 1})";
  plan::Document document{Format::json, "d", "d.json", of(Kind::map, integer)};
  auto data = load(document, enumerations, folder);
  REQUIRE(data.has_value());
  CHECK(number(*data, "*", {"a"}) == 1);
  document.file = "none.json";
  CHECK(load(document, enumerations, folder).error().message ==
        "none.json: cannot be read: No such file or directory");
  std::filesystem::remove_all(folder);
}

}  // namespace aipol::data
