#include "runtime/geo/countries.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <maxminddb.h>

#include <unordered_map>

#include "runtime/geo/private_copy.h"

namespace aipol::geo {
namespace {

constexpr size_t largest_file = size_t{512} << 20;

bool is_country(const MMDB_entry_data_s& data) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return data.has_data && data.type == MMDB_DATA_TYPE_UTF8_STRING && data.data_size == 2 &&
         letter(data.utf8_string[0]) && letter(data.utf8_string[1]);
}

// Where the record is, else where its address is registered; the last two are how other makers of
// such databases write it.
constexpr const char* paths[][3] = {{"country", "iso_code", nullptr},
                                    {"registered_country", "iso_code", nullptr},
                                    {"country", nullptr, nullptr},
                                    {"country_code", nullptr, nullptr}};

// A record's country; empty where it names none, an error where it can not be read.
Result<std::string> country_of(MMDB_entry_s entry) {
  for (const auto& path : paths) {
    MMDB_entry_data_s data{};
    const int status = MMDB_aget_value(&entry, &data, path);
    if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) continue;
    if (status != MMDB_SUCCESS) return failure(MMDB_strerror(status));
    if (!is_country(data)) continue;
    std::string code(data.utf8_string, 2);
    for (char& c : code) c = static_cast<char>(c & ~32);
    return code;
  }
  return std::string();
}

sockaddr_in v4_address(const plan::Ip& ip) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(static_cast<uint32_t>(ip.low));
  return out;
}

sockaddr_in6 v6_address(const plan::Ip& ip) {
  sockaddr_in6 out{};
  out.sin6_family = AF_INET6;
  for (int i = 0; i < 8; ++i) {
    out.sin6_addr.s6_addr[i] = static_cast<unsigned char>(ip.high >> (56 - 8 * i));
    out.sin6_addr.s6_addr[8 + i] = static_cast<unsigned char>(ip.low >> (56 - 8 * i));
  }
  return out;
}

bool is_v4(const plan::Ip& ip) { return ip.high == 0 && ip.low >> 32 == 0xFFFF; }

}  // namespace

struct Countries::Database {
  std::unique_ptr<const PrivateCopy> copy;
  MMDB_s file{};
  bool open = false;
  std::unordered_map<uint32_t, Place> places;  // by the offset of the record

  ~Database() {
    if (open) MMDB_close(&file);
  }

  // Reads each record that the tree leads to, once.
  Result<void> read_records() {
    for (uint32_t number = 0; number < file.metadata.node_count; ++number) {
      MMDB_search_node_s node{};
      if (const int status = MMDB_read_node(&file, number, &node); status != MMDB_SUCCESS)
        return failure(MMDB_strerror(status));
      for (const bool right : {false, true}) {
        const auto type = right ? node.right_record_type : node.left_record_type;
        const MMDB_entry_s entry = right ? node.right_record_entry : node.left_record_entry;
        if (type == MMDB_RECORD_TYPE_INVALID) return failure("its tree leads nowhere");
        if (type != MMDB_RECORD_TYPE_DATA) continue;
        if (auto read = read_record(entry); !read) return read;
      }
    }
    return {};
  }

  Result<void> read_record(const MMDB_entry_s& entry) {
    const auto [place, is_new] = places.try_emplace(entry.offset);
    if (!is_new) return {};
    auto country = country_of(entry);
    if (!country) return std::unexpected(country.error());
    if (!country->empty()) place->second = place_of(std::move(*country));
    return {};
  }
};

Countries::Countries(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Countries::~Countries() = default;

Result<std::unique_ptr<const Countries>> Countries::load(const std::filesystem::path& file) {
  auto database = std::make_unique<Database>();
  auto copy = PrivateCopy::of(file, largest_file);
  if (!copy) return std::unexpected(copy.error());
  database->copy = std::move(*copy);
  const int status = MMDB_open(database->copy->path().c_str(), MMDB_MODE_MMAP, &database->file);
  database->open = status == MMDB_SUCCESS;
  const Result<void> read =
      database->open ? database->read_records() : failure(MMDB_strerror(status));
  if (!read)
    return failure(fmt::format("{}: not a database of countries that can be used: {}",
                               file.string(), read.error().message));
  return std::unique_ptr<const Countries>(new Countries(std::move(database)));
}

const Place* Countries::find(const plan::Ip& ip) const {
  const sockaddr_in v4 = v4_address(ip);
  const sockaddr_in6 v6 = v6_address(ip);
  const auto* address =
      is_v4(ip) ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
  int error = MMDB_SUCCESS;
  const MMDB_lookup_result_s result = MMDB_lookup_sockaddr(&database_->file, address, &error);
  if (error != MMDB_SUCCESS || !result.found_entry) return nullptr;
  const auto place = database_->places.find(result.entry.offset);
  return place == database_->places.end() || place->second.country.empty() ? nullptr
                                                                           : &place->second;
}

}  // namespace aipol::geo
