// How well the detectors of the standard library find, and how fast, on collections of texts:
//   bench_detectors FOLDER
// with pii/dev.jsonl (`text`, `spans` of `type`, `start`, `end` in code points),
// injection/dev_attacks.jsonl and injection/dev_benign.jsonl (`text`, `source`). What is absent is
// passed over.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "embedded/files.h"
#include "plan/detectors.h"
#include "tests/support/detectors_of.h"

using namespace aipol;
using native::Detectors;
using Json = nlohmann::json;

namespace {

struct Scanner {
  std::vector<plan::Detector> rules;
  Detectors detectors;
  // Of those whose name begins so, "pii.".
  std::vector<uint32_t> numbers(std::string_view prefix) const {
    std::vector<uint32_t> out;
    for (uint32_t i = 0; i < rules.size(); ++i)
      if (rules[i].name.starts_with(prefix)) out.push_back(i);
    return out;
  }
};

[[noreturn]] void fail(std::string_view message) {
  fmt::print(stderr, "{}\n", message);
  std::exit(1);
}

Scanner make_scanner() {
  std::vector<plan::Detector> rules;
  for (const embedded::File& file : embedded::stdlib()) {
    for (plan::Detector& rule : testing::detectors_of(file.path, file.text))
      rules.push_back(std::move(rule));
  }
  auto detectors = plan::compiled(rules);
  if (!detectors) fail(detectors.error().message);
  return {std::move(rules), std::move(*detectors)};
}

std::vector<Json> read_lines(const std::filesystem::path& path) {
  std::vector<Json> lines;
  std::ifstream file(path);
  if (!file) fmt::print("skipped: there is no {}\n", path.string());
  for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
  return lines;
}

struct Place {
  size_t begin, end;
  bool meets(const Detectors::Span& span) const { return span.begin < end && span.end > begin; }
};

std::vector<Place> places_of(const Json& sample, std::string_view type) {
  const auto& text = sample["text"].get_ref<const std::string&>();
  std::vector<size_t> bytes;
  for (size_t i = 0; i < text.size(); ++i)
    if ((text[i] & 0xC0) != 0x80) bytes.push_back(i);
  bytes.push_back(text.size());
  std::vector<Place> places;
  for (const Json& span : sample["spans"])
    if (span["type"] == type) places.push_back({bytes.at(span["start"]), bytes.at(span["end"])});
  return places;
}

struct Row {
  std::string_view detector, type;
};
constexpr Row pairs[] = {{"pii.email", "EMAIL_ADDRESS"},
                         {"pii.phone", "PHONE_NUMBER"},
                         {"pii.card", "CREDIT_CARD"},
                         {"pii.iban", "IBAN_CODE"},
                         {"pii.ssn", "US_SSN"},
                         {"pii.ip", "IP_ADDRESS"},
                         {"pii.driving_licence", "US_DRIVER_LICENSE"},
                         {"pii.street_address", "STREET_ADDRESS"}};

void measure_row(const Scanner& scanner, const Row& row, const std::vector<Json>& samples) {
  size_t marked = 0, found = 0, exact = 0, wrong = 0;
  const std::vector<uint32_t> numbers = scanner.numbers(row.detector);
  for (const Json& sample : samples) {
    const auto spans =
        scanner.detectors.spans(sample["text"].get_ref<const std::string&>(), numbers);
    const auto places = places_of(sample, row.type);
    for (const Place& place : places) {
      ++marked;
      found += std::ranges::any_of(spans, [&](const auto& span) { return place.meets(span); });
      exact += std::ranges::any_of(spans, [&](const auto& span) {
        return span.begin == place.begin && span.end == place.end;
      });
    }
    for (const auto& span : spans)
      wrong += std::ranges::none_of(places, [&](const Place& place) { return place.meets(span); });
  }
  const auto share = [](size_t part, size_t rest) {
    return part + rest == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(part + rest);
  };
  fmt::print(
      "{:22} marked {:4}  found {:4}  exactly {:4}  elsewhere {:4}  recall {:.3f}  precision "
      "{:.3f}\n",
      row.detector, marked, found, exact, wrong, share(found, marked - found), share(found, wrong));
}

void measure_scores(const Scanner& scanner, const std::vector<Json>& samples) {
  const std::vector<uint32_t> numbers = scanner.numbers("injection.");
  std::map<std::string, std::array<size_t, 4>>
      sources;  // texts; with a hit; score from 0.5; from 0.8
  for (const Json& sample : samples) {
    std::string source = sample["source"];
    auto& counts = sources[source.substr(0, source.find(','))];
    const auto& text = sample["text"].get_ref<const std::string&>();
    const double score = scanner.detectors.score(text, numbers);
    ++counts[0];
    counts[1] += scanner.detectors.hit(text, numbers);
    counts[2] += score >= 0.5;
    counts[3] += score >= 0.8;
  }
  for (const auto& [source, counts] : sources)
    fmt::print("{:22} texts {:4}  any hint {:4}  score >= 0.5 {:4}  >= 0.8 {:4}\n", source,
               counts[0], counts[1], counts[2], counts[3]);
}

void measure_time(const Scanner& scanner, std::string_view prefix,
                  const std::vector<Json>& samples) {
  const std::vector<uint32_t> numbers = scanner.numbers(prefix);
  constexpr int rounds = 3;
  for (int round = 0; round < rounds; ++round) {
    size_t bytes = 0, hits = 0;
    const auto start = std::chrono::steady_clock::now();
    for (const Json& sample : samples) {
      const auto& text = sample["text"].get_ref<const std::string&>();
      bytes += text.size();
      hits += scanner.detectors.hit(text, numbers);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (round == 0 || round == rounds - 1)
      fmt::print("{:12} {} texts of {} bytes: {:7.1f} us each, {:6.1f} MB/s, {} hits{}\n", prefix,
                 samples.size(), bytes / samples.size(),
                 took.count() * 1e6 / static_cast<double>(samples.size()),
                 static_cast<double>(bytes) / took.count() / 1e6, hits,
                 round == 0 ? " (cold)" : "");
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    fmt::print("skipped: give the folder of the texts\n");
    return 0;
  }
  const std::filesystem::path folder = arguments[1];
  const Scanner scanner = make_scanner();
  const auto personal = read_lines(folder / "pii/dev.jsonl");
  if (!personal.empty())
    for (const Row& row : pairs) measure_row(scanner, row, personal);
  for (const char* name : {"injection/dev_attacks.jsonl", "injection/dev_benign.jsonl"}) {
    const auto samples = read_lines(folder / name);
    measure_scores(scanner, samples);
    if (samples.empty()) continue;
    for (const char* package : {"pii.", "secrets.", "injection."})
      measure_time(scanner, package, samples);
  }
  return 0;
}
