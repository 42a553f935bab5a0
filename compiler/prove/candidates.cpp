#include "compiler/prove/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/overloaded.h"
#include "base/saturate.h"
#include "compiler/prove/pattern.h"
#include "plan/ip.h"

namespace aipol::prove {

using plan::Constant;
using plan::Op;
using plan::Rep;

namespace {

constexpr size_t most = most_candidates;
constexpr int64_t longest = 20'000;  // bytes of a text, members of a set

// What a source's tests name.
struct Named {
  std::vector<int64_t> integers;
  std::vector<double> reals;
  std::vector<std::string> texts;
  std::vector<plan::Network> networks;
  std::vector<plan::Ip> addresses;
};

Named named_by(const Shape& shape, const Goal& literals) {
  Named out;
  for (Literal literal : literals) {
    for (uint32_t number : shape.constants(literal.node)) {
      std::visit(Overloaded{[](bool) {}, [&](int64_t v) { out.integers.push_back(v); },
                            [&](double v) { out.reals.push_back(v); },
                            [&](const std::string& v) { out.texts.push_back(v); },
                            [&](const plan::Ip& v) { out.addresses.push_back(v); },
                            [&](const plan::Network& v) { out.networks.push_back(v); },
                            [&](const plan::IntegerRange& v) {
                              out.integers.insert(out.integers.end(), {v.low, v.high});
                            },
                            [&](const std::vector<std::string>& v) {
                              out.texts.insert(out.texts.end(), v.begin(), v.end());
                            },
                            [&](const std::vector<int64_t>& v) {
                              out.integers.insert(out.integers.end(), v.begin(), v.end());
                            }},
                 shape.plan().constants[number]);
      if (out.texts.size() + out.integers.size() > most) return out;
    }
  }
  return out;
}

class Tries {
 public:
  Tries(Shape& shape, plan::SourceId source, const Goal& literals)
      : plan_(shape.plan()),
        shape_(shape),
        source_(plan_.sources[source]),
        literals_(literals),
        named_(named_by(shape, literals)) {}

  std::vector<Constant> run() {
    switch (source_.rep) {
      case Rep::boolean:
        out_ = {true, false};
        break;
      case Rep::integer:
        source_.enumeration != ~0u ? members() : integers();
        break;
      case Rep::real:
        reals();
        break;
      case Rep::text:
        texts();
        break;
      case Rep::ip:
        addresses();
        break;
      case Rep::texts:
        text_sets();
        break;
      case Rep::integers:
        integer_sets();
        break;
      default:
        break;
    }
    if (out_.size() > most) out_.resize(most);
    return std::move(out_);
  }

 private:
  void members() {
    auto count = static_cast<int64_t>(plan_.enumerations[source_.enumeration].members.size());
    // A caller that is known is the usual one.
    int64_t first = source_.path == "principal.kind"     ? 1
                    : source_.path == "principal.method" ? 2
                                                         : 0;
    for (int64_t i = 0; i < count; ++i) out_.emplace_back((first + i) % count);
  }

  void integers() {
    std::set<int64_t> values = {0, 1, 1000};
    for (int64_t value : named_.integers) {
      values.insert({saturating_subtract(value, 1), value, saturating_add(value, 1)});
      values.insert({saturating_multiply(value, 2), value / 2});
    }
    for (double value : named_.reals) {
      if (std::abs(value) < 1e18)
        values.insert({int64_t(value) - 1, int64_t(value), int64_t(value) + 1});
    }
    if (source_.unit == plan::Unit::time) hours(values);
    // What counts something is not negative, where it can be helped.
    for (int64_t value : values)
      if (value >= 0) out_.emplace_back(value);
    for (int64_t value : values)
      if (value < 0) out_.emplace_back(value);
  }

  // Each hour of a week in winter and in summer, in the middle of it.
  static void hours(std::set<int64_t>& values) {
    constexpr int64_t hour = 3'600'000'000'000, winter = 1'768'176'000'000'000'000,
                      summer = 1'783'296'000'000'000'000;
    for (int64_t i = 0; i < 168; ++i) {
      values.insert(winter + i * hour + hour / 2);
      if (i < 48) values.insert(summer + i * hour + hour / 2);
    }
  }

  void reals() {
    std::set<double> values = {0, 0.5, 1};
    for (int64_t value : named_.integers) named_.reals.push_back(static_cast<double>(value));
    for (double v : named_.reals) {
      values.insert(
          {v, std::nextafter(v, -INFINITY), std::nextafter(v, INFINITY), v / 2, v + 1, v - 1});
    }
    for (double value : values)
      if (value >= 0) out_.emplace_back(value);
    for (double value : values)
      if (value < 0) out_.emplace_back(value);
  }

  void texts() {
    std::vector<std::string> found = {"", "x"};
    for (const std::string& text : named_.texts) {
      Pattern glob;
      glob.add_glob(text);
      for (std::string& sample : glob.samples()) found.push_back(std::move(sample));
      found.insert(found.end(), {text, text + "x", "x" + text, "x" + text + "x"});
      if (found.size() > most) break;
    }
    for (int64_t size : named_.integers) {
      if (size < 0 || size > longest) continue;
      for (int64_t near : {std::max<int64_t>(size - 1, 0), size, size + 1}) {
        found.emplace_back(static_cast<size_t>(near), 'x');
      }
    }
    for (std::string& text : found_texts()) found.push_back(std::move(text));
    // One of a share by hash can only be met by chance.
    for (size_t i = 1; shares() && found.size() < most; ++i) found.push_back(fmt::format("u{}", i));
    for (std::string& text : found) out_.emplace_back(std::move(text));
  }

  // In which patterns or detectors find something, each, and all of them.
  std::vector<std::string> found_texts() const {
    std::vector<std::string> out;
    for (Literal literal : literals_) {
      bool detects = shape_.calls(literal.node, "detect.hit") ||
                     shape_.calls(literal.node, "detect.count") ||
                     shape_.calls(literal.node, "detect.score");
      if (detects) detected(literal.node, out);
      if (plan_.code[literal.node].op != Op::matches) continue;
      uint32_t pattern = plan_.code[plan_.code.argument(literal.node, 1)].payload;
      std::ranges::copy(shape_.matched_by(pattern), std::back_inserter(out));
    }
    return out;
  }

  void detected(plan::NodeId node, std::vector<std::string>& out) const {
    std::string whole;
    for (uint32_t number : shape_.constants(node)) {
      const auto* detectors = std::get_if<std::vector<int64_t>>(&plan_.constants[number]);
      if (detectors == nullptr) continue;
      for (int64_t detector : *detectors) {
        if (detector < 0 || size_t(detector) >= plan_.detectors.size()) continue;
        const std::vector<std::string>& some = shape_.found_by(static_cast<uint32_t>(detector));
        if (!some.empty()) whole += (whole.empty() ? "" : ". ") + some[0];
        std::ranges::copy(some, std::back_inserter(out));
      }
    }
    if (!whole.empty()) out.push_back(whole);
  }

  bool shares() const {
    return std::ranges::any_of(literals_, [&](Literal literal) {
      return shape_.calls(literal.node, "text.bucket");
    });
  }

  void addresses() {
    for (std::string_view text : {"192.0.2.1", "10.0.0.1", "198.51.100.7", "2001:db8::1", "::1"})
      out_.emplace_back(*plan::parse_ip(text));
    for (const plan::Ip& ip : named_.addresses) out_.emplace_back(ip);
    for (const plan::Network& network : named_.networks) {
      plan::Ip ip = network.address;
      out_.emplace_back(ip);
      if (network.prefix == 128) continue;
      ip.low |= 1;
      out_.emplace_back(ip);
    }
  }

  // The members that the literals want, and those they do not.
  template <class Member>
  void sets(const std::vector<Member>& all, auto filler) {
    std::set<Member> wanted, unwanted;
    for (Literal literal : literals_) sort_out(literal, wanted, unwanted);
    // Of those that share a member, one that nothing forbids.
    for (Literal literal : literals_) choose_one(literal, wanted, unwanted);
    auto add = [&](const std::set<Member>& members) {
      out_.emplace_back(std::vector<Member>(members.begin(), members.end()));
    };
    add(wanted);
    add({});
    std::vector<size_t> sizes = {1};
    for (int64_t size : named_.integers) {
      if (size >= 0 && size <= longest) sizes.insert(sizes.end(), {size_t(size), size_t(size) + 1});
    }
    for (size_t size : sizes) {
      std::set<Member> more = wanted;
      for (size_t i = 0; more.size() < size && i < size + all.size() + 8; ++i) {
        std::optional<Member> next = filler(i);
        if (next && !unwanted.contains(*next)) more.insert(*next);
      }
      if (more.size() == size) add(more);
    }
    for (const Member& one : all) add({one});
  }

  template <class Member>
  void sort_out(Literal literal, std::set<Member>& wanted, std::set<Member>& unwanted) {
    const plan::Node& node = plan_.code[literal.node];
    for (uint32_t number : shape_.constants(literal.node)) {
      std::vector<Member> members = members_of<Member>(number);
      bool each = node.op == Op::has_member || node.op == Op::contains_all ||
                  node.op == Op::equal || members.size() == 1;
      if (literal.wanted && each) wanted.insert(members.begin(), members.end());
      if (!literal.wanted &&
          (node.op == Op::has_member || node.op == Op::intersects || members.size() == 1))
        unwanted.insert(members.begin(), members.end());
    }
  }

  template <class Member>
  void choose_one(Literal literal, std::set<Member>& wanted, const std::set<Member>& unwanted) {
    if (!literal.wanted || plan_.code[literal.node].op != Op::intersects) return;
    for (uint32_t number : shape_.constants(literal.node)) {
      std::vector<Member> members = members_of<Member>(number);
      if (std::ranges::any_of(members, [&](const Member& m) { return wanted.contains(m); }))
        continue;
      auto free =
          std::ranges::find_if(members, [&](const Member& m) { return !unwanted.contains(m); });
      if (free != members.end()) wanted.insert(*free);
    }
  }

  template <class Member>
  std::vector<Member> members_of(uint32_t constant) const {
    const Constant& value = plan_.constants[constant];
    if (auto* one = std::get_if<Member>(&value)) return {*one};
    if (auto* many = std::get_if<std::vector<Member>>(&value)) return *many;
    return {};
  }

  void text_sets() {
    sets<std::string>(named_.texts,
                      [](size_t i) { return std::optional("x" + std::to_string(i + 1)); });
  }

  void integer_sets() {
    auto count = source_.enumeration == ~0u
                     ? size_t(longest)
                     : plan_.enumerations[source_.enumeration].members.size();
    sets<int64_t>(named_.integers,
                  [&](size_t i) { return i < count ? std::optional(int64_t(i)) : std::nullopt; });
  }

  const plan::Plan& plan_;
  Shape& shape_;
  const plan::Source& source_;
  const Goal& literals_;
  Named named_;
  std::vector<Constant> out_;
};

}  // namespace

std::vector<Constant> candidates(Shape& shape, plan::SourceId source, const Goal& literals) {
  return Tries(shape, source, literals).run();
}

}  // namespace aipol::prove
