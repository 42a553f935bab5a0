#include "replay/shapes.h"

#include <algorithm>
#include <cstring>

#include "base/plain_text.h"

namespace aipol::replay {

namespace {

// Whether so many bytes are those of the literal: there are as many.
bool begins_with(const char* at, std::string_view literal) {
  const size_t size = literal.size();
  if (size < 8) return std::memcmp(at, literal.data(), size) == 0;
  auto differ = [&](size_t from) {
    uint64_t here, there;
    std::memcpy(&here, at + from, 8);
    std::memcpy(&there, literal.data() + from, 8);
    return here != there;
  };
  for (size_t from = 0; from + 8 < size; from += 8) {
    if (differ(from)) return false;
  }
  return !differ(size - 8);
}

// Whether a text is a member's name, by what stands behind it.
bool is_name(const char* behind) {
  while (*behind == ' ' || *behind == '\t' || *behind == '\r') ++behind;
  return *behind == ':';
}

bool begins_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

}  // namespace

Shapes::Node* Shapes::follow(std::vector<uint32_t>& nodes, const char* at, const char* end) {
  auto left = static_cast<size_t>(end - at);
  for (size_t i = 0; i < nodes.size(); ++i) {
    Node& node = nodes_[nodes[i]];
    size_t size = node.literal.size();
    if (size > left || !begins_with(at, node.literal)) continue;
    if (node.hole == Hole::end ? size != left
                               : node.hole == Hole::number && !begins_number(at[size]))
      continue;
    // What comes often is soon looked at first.
    if (i > 0) std::swap(nodes[i - 1], nodes[i]);
    return &node;
  }
  return nullptr;
}

bool Shapes::read(std::string_view line, Record& record) {
  const char *at = line.data(), *end = at + line.size();
  std::vector<uint32_t>* nodes = &first_;
  found_.clear();
  credit_ = std::min(credit_ + 1, most_credit);
  for (;;) {
    Node* node = follow(*nodes, at, end);
    if (node == nullptr) return false;
    if (node->hole == Hole::end) {
      record = records_[node->record];
      break;
    }
    at += node->literal.size();
    bool text = node->hole == Hole::text;
    const char* behind = text ? at + plain_run({at, end}) : number_end(at);
    if (text ? *behind != '"' : behind == at) return false;
    if (node->take != nullptr)
      found_.push_back({node, {{at, behind}, text ? Written::text : Written::number}});
    at = behind;
    nodes = &node->behind;
  }
  for (const Found& one : found_) {
    if (!one.node->take(record, {one.node->index, one.node->name}, one.token)) return false;
  }
  return true;
}

// The skeleton of a line that is known to be JSON; empty: something in it is not plain.
std::vector<Shapes::Node> Shapes::cut(std::string_view line, const std::vector<Told>& told) {
  std::vector<Node> path;
  const char *at = line.data(), *end = at + line.size(), *literal = at;
  auto next = told.begin();
  auto add = [&](Hole hole, const char* begin, const char* behind, Told what) {
    path.push_back({std::string(literal, begin),
                    hole,
                    what.take,
                    what.place.index,
                    std::string(what.place.name),
                    {},
                    0});
    literal = behind;
  };
  while (at != end) {
    const Told* here = next != told.end() && next->at == at ? &*next++ : nullptr;
    bool as_it_is = here != nullptr && here->take == nullptr;
    if (*at == '"') {
      const char* behind = at + 1 + plain_run({at + 1, end});
      if (*behind != '"') return {};
      if (!as_it_is && !is_name(behind + 1))
        add(Hole::text, at + 1, behind, here != nullptr ? *here : Told{});
      at = behind + 1;
    } else if (begins_number(*at)) {
      const char* behind = number_end(at);
      if (behind == at) return {};
      if (!as_it_is) add(Hole::number, at, behind, here != nullptr ? *here : Told{});
      at = behind;
    } else {
      ++at;
    }
  }
  if (next != told.end()) return {};
  path.push_back({std::string(literal, end), Hole::end, nullptr, 0, {}, {}, 0});
  return path;
}

Shapes::Node* Shapes::add(std::vector<uint32_t>& nodes, Node node) {
  for (uint32_t number : nodes) {
    Node& known = nodes_[number];
    if (known.literal == node.literal && known.hole == node.hole) {
      bool same = known.take == node.take && known.index == node.index && known.name == node.name;
      return same ? &known : nullptr;
    }
  }
  if (nodes.size() == most_behind) return nullptr;
  nodes.push_back(static_cast<uint32_t>(nodes_.size()));
  return &nodes_.emplace_back(std::move(node));
}

void Shapes::forget() {
  nodes_.clear();
  first_.clear();
  records_.clear();
}

void Shapes::learn(std::string_view line, const std::vector<Told>& told, const Record& record) {
  credit_ -= price;
  std::vector<Node> path = cut(line, told);
  if (path.empty()) return;
  if (nodes_.size() + path.size() > most_nodes || records_.size() == most_records) forget();
  path.back().record = static_cast<uint32_t>(records_.size());
  std::vector<uint32_t>* nodes = &first_;
  for (Node& node : path) {
    Node* known = add(*nodes, std::move(node));
    if (known == nullptr) return;
    nodes = &known->behind;
    if (known->hole == Hole::end && known->record == records_.size()) records_.push_back(record);
  }
}

}  // namespace aipol::replay
