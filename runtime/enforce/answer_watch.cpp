#include "runtime/enforce/answer_watch.h"

#include <algorithm>
#include <bit>
#include <set>

#include "base/saturate.h"
#include "base/utf8.h"
#include "runtime/abi/scratch.h"

namespace aipol::enforce {

// A guard, or a part of it.
class AnswerWatch::Part {
 public:
  virtual ~Part() = default;
  virtual void push(std::string_view piece, bool last) = 0;
  virtual Place place() const = 0;
};

class AnswerWatch::Fixed final : public Part {
 public:
  explicit Fixed(bool holds) : holds_(holds) {}
  void push(std::string_view, bool) override {}
  Place place() const override { return holds_ ? Place{0, 0} : Place{}; }

 private:
  bool holds_;
};

class AnswerWatch::Parts final : public Part {
 public:
  Parts(bool all, std::vector<std::unique_ptr<Part>> parts) : all_(all), parts_(std::move(parts)) {}

  void push(std::string_view piece, bool last) override {
    for (auto& part : parts_) part->push(piece, last);
  }
  Place place() const override {
    Place whole = all_ ? Place{0, 0} : Place{};
    for (const auto& part : parts_) {
      Place one = part->place();
      whole.least = all_ ? std::max(whole.least, one.least) : std::min(whole.least, one.least);
      whole.most = all_ ? std::max(whole.most, one.most) : std::min(whole.most, one.most);
    }
    return whole;
  }

 private:
  bool all_;
  std::vector<std::unique_ptr<Part>> parts_;
};

// Finds of detectors: in the order in which they begin, up to where none can come any more.
class AnswerWatch::Finds : public Part {
 public:
  Finds(const native::Detectors& detectors, const std::vector<uint32_t>& numbers)
      : stream_(detectors, numbers) {}

  void push(std::string_view piece, bool last) override {
    if (at_ != never || ended_) return;
    stream_.push(piece, last);
    ended_ = last;
    size_t decided = last ? never : stream_.decided();
    for (const native::Detectors::Span& span : stream_.take_finds()) open_.push_back(span);
    std::ranges::stable_sort(open_, {}, &native::Detectors::Span::begin);
    auto known = open_.begin();
    for (; known != open_.end() && known->begin < decided && at_ == never; ++known) {
      if (reached(*known)) at_ = known->begin;
    }
    open_.erase(open_.begin(), known);
    stream_.forget(stream_.decided());
  }
  Place place() const override { return {at_ != never || ended_ ? at_ : stream_.decided(), at_}; }

 protected:
  virtual bool reached(const native::Detectors::Span&) { return true; }
  size_t at_ = never;

 private:
  native::DetectorStream stream_;
  std::vector<native::Detectors::Span> open_;
  bool ended_ = false;
};

// How many places they find, or what the detectors that find anything weigh.
class AnswerWatch::Counts final : public Finds {
 public:
  struct Goal {
    double least = 0;
    bool passed = false;  // more than it, not as much
    bool met(double value) const { return passed ? value > least : value >= least; }
  };

  Counts(const native::Detectors& detectors, const Growth& growth, const plan::Plan& plan,
         Goal goal)
      : Finds(detectors, growth.detectors),
        plan_(plan),
        weighs_(growth.kind == Growth::Kind::scored),
        goal_(goal) {
    if (goal_.met(0)) at_ = 0;
  }

 private:
  bool reached(const native::Detectors::Span& span) override {
    if (weighs_) {
      if (found_.insert(span.detector).second) value_ += plan_.detectors[span.detector].weight;
      return goal_.met(std::min(value_, 1.0));
    }
    if (span.begin >= end_ && span.end > span.begin) ++value_;
    end_ = std::max(end_, span.end);
    return goal_.met(value_);
  }

  const plan::Plan& plan_;
  bool weighs_;
  Goal goal_;
  double value_ = 0;
  size_t end_ = 0;  // of the places so far
  std::set<uint32_t> found_;
};

// A literal, anywhere or at the beginning.
class AnswerWatch::Literal final : public Part {
 public:
  Literal(std::string literal, bool anywhere) : literal_(std::move(literal)), anywhere_(anywhere) {
    if (literal_.empty()) at_ = 0;
    // How much of the literal still matches where the next byte does not.
    back_.resize(literal_.size());
    for (size_t i = 1, k = 0; i < literal_.size(); ++i) {
      while (k > 0 && literal_[i] != literal_[k]) k = back_[k - 1];
      if (literal_[i] == literal_[k]) ++k;
      back_[i] = k;
    }
  }

  void push(std::string_view piece, bool last) override {
    for (char byte : piece) {
      if (at_ != never || ended_) return;
      while (matched_ > 0 && byte != literal_[matched_]) matched_ = back_[matched_ - 1];
      if (byte == literal_[matched_]) ++matched_;
      ++size_;
      if (matched_ == literal_.size()) at_ = size_ - matched_;
      if (!anywhere_ && matched_ < size_) ended_ = true;
    }
    if (last) ended_ = true;
  }
  Place place() const override { return {at_ != never || ended_ ? at_ : size_ - matched_, at_}; }

 private:
  std::string literal_;
  bool anywhere_;
  std::vector<size_t> back_;
  size_t matched_ = 0, size_ = 0;
  size_t at_ = never;
  bool ended_ = false;
};

// So many characters: the last of them is what makes it true.
class AnswerWatch::Length final : public Part {
 public:
  explicit Length(int64_t least) : least_(least) {
    if (least_ <= 0) at_ = 0;
  }
  void push(std::string_view piece, bool last) override {
    for (char byte : piece) {
      if (begins_character(byte) && ++count_ == least_) at_ = size_;
      ++size_;
    }
    ended_ = last;
  }
  Place place() const override { return {at_ != never || ended_ ? at_ : size_, at_}; }

 private:
  int64_t least_;
  int64_t count_ = 0;
  size_t size_ = 0;
  size_t at_ = never;
  bool ended_ = false;
};

// What is known of the call, for the parts that do not read the text.
struct AnswerWatch::Facts {
  explicit Facts(const decision::Evaluation& evaluation)
      : plan(evaluation.program().plan()), interpreter(plan), facts(plan.sources.size()) {
    const decision::Program::Stage* stage = evaluation.program().stage(plan::Phase::output);
    if (stage == nullptr) return;
    evaluation.program().facts().read(evaluation.call(), evaluation.around(), stage->plan->demand,
                                      facts, scratch);
  }
  bool holds(plan::NodeId node) { return interpreter.value(node, facts).a != 0; }
  double number(plan::NodeId node) {
    AipolCell cell = interpreter.value(node, facts);
    bool real = plan.code[node].rep == plan::Rep::real;
    return real ? std::bit_cast<double>(cell.a) : static_cast<double>(static_cast<int64_t>(cell.a));
  }
  int64_t integer(plan::NodeId node) {
    return static_cast<int64_t>(interpreter.value(node, facts).a);
  }

  const plan::Plan& plan;
  plan::Interpreter interpreter;
  plan::Facts facts;
  AipolScratch scratch;
};

AnswerWatch::AnswerWatch(const decision::Evaluation& evaluation,
                         const std::vector<OutputGuard>& guards, const native::Detectors& detectors)
    : plan_(evaluation.program().plan()), detectors_(detectors) {
  if (guards.empty()) return;
  Facts facts(evaluation);
  for (const OutputGuard& guard : guards) {
    bool possible =
        std::ranges::all_of(guard.known, [&](plan::NodeId known) { return facts.holds(known); });
    if (!possible) continue;
    if (!guard.growth) needs_whole_ = true;
    if (guard.growth) watched_.push_back({guard.statement, part(*guard.growth, facts)});
  }
}

AnswerWatch::~AnswerWatch() = default;

std::unique_ptr<AnswerWatch::Part> AnswerWatch::part(const Growth& growth, Facts& facts) const {
  using Kind = Growth::Kind;
  switch (growth.kind) {
    case Kind::fixed:
      return std::make_unique<Fixed>(facts.holds(growth.node) == growth.wanted);
    case Kind::found:
      return std::make_unique<Finds>(detectors_, growth.detectors);
    case Kind::matches:
      return std::make_unique<Finds>(*growth.pattern, growth.detectors);
    case Kind::counted:
    case Kind::scored:
      return std::make_unique<Counts>(detectors_, growth, plan_,
                                      Counts::Goal{facts.number(growth.node), !growth.wanted});
    case Kind::contains:
    case Kind::starts_with:
      return std::make_unique<Literal>(growth.literal, growth.kind == Kind::contains);
    case Kind::length:
      return std::make_unique<Length>(
          saturating_add(facts.integer(growth.node), growth.wanted ? 0 : 1));
    default:
      break;
  }
  std::vector<std::unique_ptr<Part>> parts;
  for (const Growth& one : growth.parts) parts.push_back(part(one, facts));
  return std::make_unique<Parts>(growth.kind == Kind::all, std::move(parts));
}

void AnswerWatch::push(std::string_view piece, bool last) {
  cut_ = {};
  for (Watched& one : watched_) {
    one.guard->push(piece, last);
    Place place = one.guard->place();
    cut_ = {std::min(cut_.least, place.least), std::min(cut_.most, place.most)};
  }
  refusing_.clear();
  for (const Watched& one : watched_) {
    if (over() && one.guard->place().most == cut_.most) refusing_.push_back(one.statement);
  }
}

}  // namespace aipol::enforce
