#include "difference/documents.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "compiler/prove/declared.h"

namespace aipol::difference {

using json = nlohmann::json;
using prove::World;

namespace {

constexpr size_t most_texts = 40, most_worlds = 600, longest_document = size_t{4} << 20;

class Texts {
 public:
  explicit Texts(std::vector<std::string>& out) : out_(out) {}

  void add_json(const std::string& text) {
    json whole = json::parse(text, nullptr, false);
    if (!whole.is_discarded()) add(whole);
  }

  void add_csv(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream cells(line);
      for (std::string cell; std::getline(cells, cell, ',');) {
        std::erase_if(cell, [](char c) { return c == '"' || c == '\r'; });
        put(cell);
      }
    }
  }

 private:
  void put(const std::string& text) {
    bool fresh = std::ranges::find(out_, text) == out_.end();
    if (fresh && out_.size() < most_texts) out_.push_back(text);
  }

  void add(const json& whole) {
    if (whole.is_string()) put(whole.get<std::string>());
    for (const auto& [key, value] : whole.items()) {
      if (whole.is_object()) put(key);
      if (whole.is_structured() && out_.size() < most_texts) add(value);
    }
  }

  std::vector<std::string>& out_;
};

// What look-ups in documents are about.
std::set<plan::SourceId> asked_about(prove::Shape& shape) {
  const plan::Plan& plan = shape.plan();
  std::set<plan::SourceId> out;
  for (plan::NodeId node = 0; node < plan.code.size(); ++node) {
    const plan::Node& n = plan.code[node];
    if (n.op != plan::Op::call || !plan.natives[n.payload].starts_with("data.")) continue;
    for (plan::SourceId source : shape.sources(node)) {
      plan::Rep rep = plan.sources[source].rep;
      bool of_model = shape.group(source) >= shape.model_group();
      if ((rep == plan::Rep::text || rep == plan::Rep::texts) && !of_model) out.insert(source);
    }
  }
  return out;
}

World with(const prove::Shape& shape, World world, plan::SourceId source, const std::string& text) {
  if (shape.plan().sources[source].rep == plan::Rep::texts)
    world[source] = plan::Constant(std::vector{text});
  else
    world[source] = plan::Constant(text);
  return world;
}

}  // namespace

std::optional<std::string> contents_of(const std::string& folder, const std::string& file) {
  std::ifstream in(file.starts_with('/') ? file : folder + "/" + file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::set<std::string> changed_documents(const Both<const plan::Plan*>& plans,
                                        const Both<std::string>& folders) {
  std::set<std::string> out;
  for (const plan::Document& one : plans.before->documents) {
    for (const plan::Document& other : plans.after->documents) {
      if (one.name == other.name &&
          contents_of(folders.before, one.file) != contents_of(folders.after, other.file))
        out.insert(one.name);
    }
  }
  return out;
}

std::vector<std::string> texts_in_documents(const Both<const plan::Plan*>& plans,
                                            const Both<std::string>& folders) {
  std::vector<std::string> out;
  Texts texts(out);
  for (Side side : {Side::after, Side::before}) {
    for (const plan::Document& document : plans[side]->documents) {
      auto text = contents_of(folders[side], document.file);
      if (!text || text->size() > longest_document) continue;
      if (document.format == plan::Document::Format::json)
        texts.add_json(*text);
      else
        texts.add_csv(*text);
    }
  }
  return out;
}

std::vector<World> with_texts(prove::Shape& shape, const World& world,
                              const std::vector<std::string>& texts) {
  World plain = world;
  std::erase_if(plain, [&](const auto& entry) {
    return shape.plan().sources[entry.first].path.starts_with("data.");
  });
  std::vector<World> out = {plain};
  std::set<plan::SourceId> sources = asked_about(shape);
  for (plan::SourceId source : sources) {
    for (const std::string& text : texts) out.push_back(with(shape, plain, source, text));
  }
  size_t models = shape.plan().deployment.models.size();
  for (size_t i = 0, singles = out.size(); i < singles && out.size() < most_worlds; ++i) {
    for (size_t model = 0; model < models; ++model) {
      World& one = out.emplace_back(out[i]);
      for (auto& [source, value] : prove::declared_world(shape, shape.model_group(), model))
        one[source] = std::move(value);
    }
    for (plan::SourceId source : sources) {
      for (const std::string& text : texts) {
        if (out.size() < most_worlds && i > 0) out.push_back(with(shape, out[i], source, text));
      }
    }
  }
  return out;
}

}  // namespace aipol::difference
