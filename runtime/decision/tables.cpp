#include "runtime/decision/tables.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "plan/slots.h"
#include "runtime/decision/pair_slots.h"

namespace aipol::decision {

using plan::Entry;
using plan::Group;
using plan::Parameter;

class TablesBuilder {
 public:
  TablesBuilder(const plan::Plan& plan, const plan::StageLayout& layout)
      : plan_(plan), layout_(layout), tables_(new Tables) {}

  Result<std::unique_ptr<const Tables>> build() {
    for (const auto& list : layout_.number_lists) tables_->numbers_.push_back(list);
    for (const plan::Rows& rows : layout_.rows) {
      add_rows(rows);
      if (failure_) return std::unexpected(*failure_);
    }
    for (const Group& group : layout_.groups) add_index(group);
    for (const plan::Computed& one : layout_.computed) add_computed(one);
    if (failure_) return std::unexpected(*failure_);
    tables_->abi_ = {tables_->indexes_.data(), tables_->rows_.data()};
    return std::unique_ptr<const Tables>(std::move(tables_));
  }

 private:
  void add_rows(const plan::Rows& rows) {
    const plan::Shape& shape = layout_.shapes[rows.shape];
    size_t width = plan::words_of_row(shape);
    uint64_t* words = tables_->memory_.words(rows.statements.size() * width);
    size_t operands = shape.parameters.size();
    for (size_t row = 0; row < rows.statements.size(); ++row) {
      uint64_t* here = words + row * width;
      for (size_t i = 0; i < operands; ++i) {
        Parameter parameter = shape.parameters[i];
        write(parameter.kind, rows.operands[row * operands + i], here + parameter.word);
      }
      here[shape.words] = rows.statements[row];
    }
    tables_->rows_.push_back({words});
  }

  void add_computed(const plan::Computed& one) {
    const plan::Shape& shape = layout_.values[one.shape];
    uint64_t* words = tables_->memory_.words(shape.words);
    for (size_t i = 0; i < shape.parameters.size(); ++i) {
      write(shape.parameters[i].kind, one.operands[i], words + shape.parameters[i].word);
    }
    tables_->computed_.push_back({one.shape, words});
  }

  void write(Parameter::Kind kind, uint64_t operand, uint64_t* words) {
    switch (kind) {
      case Parameter::Kind::word: words[0] = operand; return;
      case Parameter::Kind::text:
      case Parameter::Kind::ip:
      case Parameter::Kind::list: return write_cell(static_cast<uint32_t>(operand), words);
      case Parameter::Kind::network: return write_network(static_cast<uint32_t>(operand), words);
      case Parameter::Kind::range: return write_range(static_cast<uint32_t>(operand), words);
      case Parameter::Kind::globs: words[0] = reinterpret_cast<uint64_t>(globs(static_cast<uint32_t>(operand))); return;
      case Parameter::Kind::regex: words[0] = reinterpret_cast<uint64_t>(pattern(static_cast<uint32_t>(operand))); return;
      case Parameter::Kind::numbers:
        words[0] = reinterpret_cast<uint64_t>(tables_->numbers_[operand].data());
        words[1] = tables_->numbers_[operand].size();
    }
  }

  void write_cell(uint32_t constant, uint64_t* words) {
    auto [it, fresh] = cells_.try_emplace(constant);
    if (fresh) it->second = tables_->cells_.cell(plan_.constants[constant]);
    words[0] = it->second.a;
    words[1] = it->second.b;
  }

  void write_network(uint32_t constant, uint64_t* words) {
    const auto& network = std::get<plan::Network>(plan_.constants[constant]);
    auto bits = [](int count) { return count <= 0 ? 0 : count >= 64 ? ~0ull : ~0ull << (64 - count); };
    words[2] = bits(network.prefix);
    words[3] = bits(network.prefix - 64);
    words[0] = network.address.high & words[2];
    words[1] = network.address.low & words[3];
  }

  void write_range(uint32_t constant, uint64_t* words) {
    const auto& range = std::get<plan::IntegerRange>(plan_.constants[constant]);
    words[0] = static_cast<uint64_t>(range.low);
    words[1] = static_cast<uint64_t>(range.high);
  }

  const native::Globs* globs(uint32_t constant) {
    auto [it, fresh] = globs_.try_emplace(constant);
    if (!fresh) return it->second;
    auto& made = tables_->globs_.emplace_back();
    const plan::Constant& value = plan_.constants[constant];
    if (auto* one = std::get_if<std::string>(&value)) made.emplace_back(*one);
    else for (const std::string& glob : std::get<std::vector<std::string>>(value)) made.emplace_back(glob);
    return it->second = &made;
  }

  const native::Regex* pattern(uint32_t constant) {
    auto [it, fresh] = patterns_.try_emplace(constant);
    if (!fresh) return it->second;
    const auto& text = std::get<std::string>(plan_.constants[constant]);
    auto compiled = native::Regex::compile(text);
    if (!compiled) {
      failure_ = Error{"pattern `" + text + "`: " + compiled.error().message};
      return nullptr;
    }
    return it->second = &tables_->patterns_.emplace_back(std::move(*compiled));
  }

  void add_index(const Group& group) {
    bool pair = group.kind == Group::Kind::pair;
    PairSlots pairs = pair ? PairSlots(keys_of(group)) : PairSlots();
    size_t slots = pair ? pairs.mask() + 1 : size_t{group.keys} + 1;
    size_t width = plan::words_of_slot(layout_, group);
    uint64_t* words = tables_->memory_.words(slots * width);
    auto& runs = tables_->runs_.emplace_back();
    for (size_t at = 0; at < group.entries.size();) {
      const Entry& entry = group.entries[at];
      size_t slot = pair ? pairs.slot(entry.first, entry.second) : entry.first;
      uint64_t* here = words + slot * width;
      if (pair) *here++ = joined(entry.first, entry.second);
      at = group.wide() ? add_runs(group, at, runs, here) : add_rows_of_key(group, at, here);
    }
    const auto& displacements = tables_->numbers_.emplace_back(pairs.take_displacements());
    tables_->indexes_.push_back({words, runs.data(), slots - 1, displacements.data(), displacements.size() - 1});
  }

  static std::vector<PairSlots::Pair> keys_of(const Group& group) {
    std::vector<PairSlots::Pair> keys;
    for (const Entry& entry : group.entries) {
      if (keys.empty() || keys.back() != PairSlots::Pair(entry.first, entry.second))
        keys.emplace_back(entry.first, entry.second);
    }
    return keys;
  }

  static bool same_key(const Entry& a, const Entry& b) { return a.first == b.first && a.second == b.second; }

  // Two words of C's structures, in the order of their addresses.
  static uint64_t joined(uint32_t first, uint32_t second) { return std::bit_cast<uint64_t>(AipolSpan{first, second}); }

  // These write what one key leads to, and return the number of the next key's first entry.
  static size_t add_runs(const Group& group, size_t at, std::vector<AipolRun>& runs, uint64_t* span) {
    auto first_run = static_cast<uint32_t>(runs.size());
    for (size_t key = at; at < group.entries.size() && same_key(group.entries[key], group.entries[at]); ++at) {
      const Entry& entry = group.entries[at];
      if (runs.size() > first_run && runs.back().rows == entry.rows) ++runs.back().count;
      else runs.push_back({entry.rows, entry.row, 1});
    }
    *span = joined(first_run, static_cast<uint32_t>(runs.size()) - first_run);
    return at;
  }

  size_t add_rows_of_key(const Group& group, size_t at, uint64_t* slot) {
    const Entry& key = group.entries[at];
    while (at < group.entries.size() && same_key(key, group.entries[at])) {
      const Entry& entry = group.entries[at];
      uint32_t count = 0;
      while (at < group.entries.size() && same_key(key, group.entries[at]) && group.entries[at].rows == entry.rows) ++at, ++count;
      add_rows_of_table(group, entry, count, slot);
    }
    return at;
  }

  void add_rows_of_table(const Group& group, const Entry& entry, uint32_t count, uint64_t* slot) {
    auto table = static_cast<size_t>(std::ranges::find(group.rows, entry.rows) - group.rows.begin());
    for (size_t i = 0; i < table; ++i) slot += plan::words_of_table(layout_, group, i);
    plan::Reach reach = group.reach[table];
    uint32_t width = plan::words_of_row(layout_.shapes[layout_.rows[entry.rows].shape]);
    uint32_t ahead = std::min<uint32_t>(reach.ahead, count);
    const uint64_t* rows = tables_->rows_[entry.rows].words + size_t{entry.row} * width;
    for (uint32_t i = 0; i < ahead; ++i, slot += width) {
      std::copy_n(rows + size_t{i} * width, width, slot);
      slot[width - 1] |= plan::row_present;
    }
    if (!reach.beyond) return;
    slot += size_t{reach.ahead - ahead} * width;
    *slot = joined(entry.row + ahead, count - ahead);
  }

  const plan::Plan& plan_;
  const plan::StageLayout& layout_;
  std::unique_ptr<Tables> tables_;
  std::unordered_map<uint32_t, AipolCell> cells_;
  std::unordered_map<uint32_t, const native::Globs*> globs_;
  std::unordered_map<uint32_t, const native::Regex*> patterns_;
  std::optional<Error> failure_;
};

Result<std::unique_ptr<const Tables>> Tables::build(const plan::Plan& plan, const plan::StageLayout& layout) {
  return TablesBuilder(plan, layout).build();
}

}  // namespace aipol::decision
