#include <doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "plan/ip.h"
#include "runtime/geo/countries.h"
#include "tests/support/scratch_folder.h"

using namespace aipol;
using geo::Countries;

namespace {

std::string write_database(const testing::ScratchFolder& folder, const char* version) {
  const std::string file = folder.path() / (std::string("countries") + version + ".mmdb");
  const std::string command =
      fmt::format("perl tests/support/write_countries.pl {} {}", file, version);
  REQUIRE_MESSAGE(std::system(command.c_str()) == 0,
                  "libmaxmind-db-writer-perl is installed: ./dev setup");
  return file;
}

std::string where(const Countries& countries, const char* ip) {
  const geo::Place* place = countries.find(*plan::parse_ip(ip));
  return place == nullptr ? "unknown" : place->country + " " + place->region;
}

std::string bytes_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("addresses are in countries and regions") {
  const testing::ScratchFolder folder;
  for (const char* version : {"6", "4"}) {
    const std::string file = write_database(folder, version);
    const auto loaded = Countries::load(file);
    REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
    const Countries& countries = **loaded;
    std::filesystem::remove(file);  // it is not needed any more
    CHECK(where(countries, "2.0.0.1") == "DE eu");
    CHECK(where(countries, "::ffff:2.0.0.1") == "DE eu");
    CHECK(where(countries, "2.1.255.255") == "FR eu");
    CHECK(where(countries, "3.4.5.6") == "US us");
    CHECK(where(countries, "5.0.0.0") == "GB gb");
    CHECK(where(countries, "6.1.0.1") == "RE eu");
    CHECK(where(countries, "7.0.0.9") == "CH ch");
    CHECK(where(countries, "8.0.0.9") == "unknown");
    CHECK(where(countries, "9.0.0.9") == "unknown");
    const bool six = *version == '6';
    CHECK(where(countries, "2001:db8:1::1") == (six ? "JP jp" : "unknown"));
    CHECK(where(countries, "2001:db8:2:ffff::") == (six ? "AT eu" : "unknown"));
    CHECK(where(countries, "2001:db8:3::1") == "unknown");
    CHECK(where(countries, "::") == "unknown");
  }
}

TEST_CASE("databases that can not be used are errors and never more") {
  const testing::ScratchFolder folder;
  const auto error_of = [&](const std::string& bytes) {
    const auto loaded = Countries::load(folder.write("x.mmdb", bytes));
    return loaded ? "none" : loaded.error().message;
  };
  CHECK(Countries::load(folder.path() / "none").error().message.starts_with("cannot read "));
  CHECK(Countries::load(folder.path()).error().message.ends_with("not a regular file"));
  CHECK(error_of("").ends_with("it is empty"));
  CHECK(error_of("text").find("x.mmdb: not a database of countries that can be used: ") !=
        std::string::npos);
  const std::string good = bytes_of(write_database(folder, "6"));
  CHECK(error_of(good) == "none");
  CHECK(error_of(good.substr(0, good.size() / 2)) != "none");

  // Any byte may be wrong: it is an error, or the database can be asked.
  uint32_t seed = 1;
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string broken = good;
    for (int i = 0; i <= round % 3; ++i) {
      seed = seed * 1664525 + 1013904223;
      broken[(seed >> 8) % broken.size()] = static_cast<char>(seed >> 3);
    }
    const auto loaded = Countries::load(folder.write("x.mmdb", broken));
    if (!loaded) {
      ++refused;
      continue;
    }
    for (const char* ip :
         {"2.0.0.1", "3.4.5.6", "7.0.0.9", "2001:db8:1::1", "::", "255.255.255.255"})
      where(**loaded, ip);
  }
  CHECK(refused > 10);
}
