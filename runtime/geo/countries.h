// Where in the world addresses are, by a database in MaxMind's format (GeoLite2-Country and its
// like).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "plan/value.h"

namespace aipol::geo {

struct Place {
  std::string country;  // ISO 3166-1 alpha-2, upper case
  // A name of a Region: "eu" for the member states of the European Union and the territories that
  // belong to it, for all others the country in lower case: "us", "gb", "ch".
  std::string region;
};

Place place_of(std::string country);

// Used by many threads at once.
class Countries {
 public:
  // Reads the whole file, at most 512 MiB, and looks at every part of it: what is corrupt is an
  // error here and never met later, and the file may be changed and removed afterwards. The error
  // names the file.
  static Result<std::unique_ptr<const Countries>> load(const std::filesystem::path& file);
  ~Countries();

  // Null where the database does not know it. It lives as long as this.
  const Place* find(const plan::Ip& ip) const;

 private:
  struct Database;
  explicit Countries(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

}  // namespace aipol::geo
