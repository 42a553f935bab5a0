// All that begins with a digit or `$`: whole and broken numbers, shares, money, durations, sizes,
// clocks, status classes.
#include <charconv>

#include "compiler/parse/builder.h"
#include "compiler/parse/characters.h"

namespace aipol::parse {

using ast::ExpressionPtr;

namespace {

enum class Result : uint8_t { good, malformed, too_large };

// `12_000.50`: digits without underscores, and how many of them stand behind the point.
struct Digits {
  std::string text;
  size_t decimals = 0;
  bool valid = true;
};

Digits digits_of(std::string_view written) {
  Digits digits;
  bool point = false;
  for (size_t i = 0; i < written.size(); ++i) {
    char c = written[i];
    if (c == '.') {
      point = true;
    } else if (c == '_') {
      bool between =
          i > 0 && i + 1 < written.size() && is_digit(written[i - 1]) && is_digit(written[i + 1]);
      digits.valid &= between;
    } else {
      digits.text += c;
      digits.decimals += point;
    }
  }
  return digits;
}

// digits × unit, exact.
Result scaled(const Digits& digits, int64_t unit, int64_t& value) {
  std::string_view whole = digits.text;
  size_t decimals = digits.decimals;
  while (decimals > 0 && whole.ends_with('0')) {
    whole.remove_suffix(1);
    --decimals;
  }
  for (; decimals > 0; --decimals) {
    if (unit % 10 == 0) {
      unit /= 10;
    } else {
      return Result::malformed;
    }
  }
  auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (error == std::errc::result_out_of_range || __builtin_mul_overflow(value, unit, &value))
    return Result::too_large;
  return Result::good;
}

struct Unit {
  std::string_view suffix;
  int64_t size;
};

constexpr int64_t second = 1'000'000'000;
constexpr Unit durations[] = {{"ms", second / 1000},
                              {"s", second},
                              {"m", 60 * second},
                              {"h", 3600 * second},
                              {"d", 86'400 * second}};
constexpr Unit multiples[] = {{"", 1},
                              {"k", 1000},
                              {"M", 1'000'000},
                              {"G", 1'000'000'000},
                              {"B", 1},
                              {"kB", 1000},
                              {"MB", 1'000'000},
                              {"GB", 1'000'000'000},
                              {"TB", 1'000'000'000'000},
                              {"KiB", 1LL << 10},
                              {"MiB", 1LL << 20},
                              {"GiB", 1LL << 30},
                              {"TiB", 1LL << 40}};
constexpr Unit money[] = {{"", second}, {"k", 1000 * second}, {"M", 1'000'000 * second}};

template <size_t N>
const Unit* unit_of(const Unit (&units)[N], std::string_view suffix) {
  auto found = std::ranges::find(units, suffix, &Unit::suffix);
  return found == std::end(units) ? nullptr : found;
}

// What was read, or what it should have been.
struct Reading {
  Result result = Result::malformed;
  ast::Expression::Node node = ast::Invalid{};
  std::string_view kind = "number";
  std::string_view help = {};
};

Reading read_clock(std::string_view written) {
  Reading reading{.kind = "clock", .help = "write it like `09:30`, from `00:00` to `24:00`"};
  if (written.size() != 5 || written[2] != ':' || !is_digit(written[3]) || !is_digit(written[4]))
    return reading;
  int hours = (written[0] - '0') * 10 + written[1] - '0';
  int minutes = (written[3] - '0') * 10 + written[4] - '0';
  if (minutes > 59 || hours * 60 + minutes > 24 * 60) return reading;
  reading.result = Result::good;
  reading.node = ast::ClockLiteral{(hours * 60 + minutes) * 60};
  return reading;
}

Reading read_float(const Digits& digits, bool percent) {
  Reading reading{.kind = percent ? "percentage" : "number"};
  std::string_view all = digits.text;
  size_t whole = all.size() - digits.decimals;
  std::string text =
      fmt::format("{}.{}{}", all.substr(0, whole), all.substr(whole), percent ? "e-2" : "");
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  reading.result = error == std::errc() ? Result::good : Result::too_large;
  reading.node = ast::FloatLiteral{value};
  return reading;
}

template <class N>
Reading read_scaled(const Digits& digits, const Unit& unit, std::string_view kind) {
  Reading reading{.kind = kind};
  int64_t value = 0;
  reading.result = scaled(digits, unit.size, value);
  if (reading.result == Result::malformed) reading.help = "it has too many decimals";
  reading.node = N{value};
  return reading;
}

Reading read_unit(const Digits& digits, std::string_view suffix) {
  if (const Unit* unit = unit_of(durations, suffix))
    return read_scaled<ast::DurationLiteral>(digits, *unit, "duration");
  if (const Unit* unit = unit_of(multiples, suffix))
    return read_scaled<ast::IntLiteral>(digits, *unit, "int");
  if (suffix == "KB") return {.help = "write `kB` for 1000 bytes, `KiB` for 1024"};
  if (suffix == "K") return {.help = "write `k` for a thousand"};
  if (suffix == "sec" || suffix == "min" || suffix == "hours" || suffix == "days") {
    return {.kind = "duration", .help = "durations end in `ms`, `s`, `m`, `h` or `d`"};
  }
  return {};
}

Reading read(std::string_view written) {
  if (written.contains(':')) return read_clock(written);
  if (written.size() == 3 && written.ends_with("xx")) {
    if (written[0] < '1' || written[0] > '5')
      return {.kind = "status class", .help = "the classes are `1xx` to `5xx`"};
    return {.result = Result::good, .node = ast::StatusClassLiteral{written[0] - '0'}};
  }
  bool usd = written.starts_with('$'), percent = written.ends_with('%');
  if (usd) written.remove_prefix(1);
  if (percent) written.remove_suffix(1);
  size_t end = std::min(written.find_first_not_of("0123456789_."), written.size());
  std::string_view suffix = written.substr(end);
  Digits digits = digits_of(written.substr(0, end));
  if (!digits.valid) return {.help = "an underscore stands between two digits"};
  if (usd) {
    const Unit* unit = percent ? nullptr : unit_of(money, suffix);
    return unit ? read_scaled<ast::UsdLiteral>(digits, *unit, "usd") : Reading{.kind = "usd"};
  }
  if (percent) return suffix.empty() ? read_float(digits, true) : Reading{.kind = "percentage"};
  bool point = suffix.empty() && written.contains('.');
  return point ? read_float(digits, false) : read_unit(digits, suffix);
}

}  // namespace

ExpressionPtr Builder::number(const antlr4::Token* token) {
  source::Span place = span(token);
  std::string_view written = text(place);
  Reading reading = read(written);
  if (reading.result == Result::good) return make(std::move(reading.node), place);
  constexpr size_t shown = 40;
  std::string text =
      written.size() > shown ? fmt::format("{}…", written.substr(0, shown)) : std::string(written);
  diagnostics::Diagnostic& diagnostic =
      reading.result == Result::too_large
          ? diagnostics_.report(place, diagnostics::literal_too_large, text, reading.kind)
          : diagnostics_.report(place, diagnostics::bad_literal, text, reading.kind);
  if (!reading.help.empty()) diagnostic.help("{}", reading.help);
  return invalid(place);
}

}  // namespace aipol::parse
