#include "compiler/prove/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/civil.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "compiler/prove/declared.h"
#include "compiler/prove/documents.h"
#include "compiler/prove/pattern.h"
#include "plan/ip.h"
#include "plan/written.h"

namespace aipol::prove {

using json = nlohmann::ordered_json;
using plan::Constant;

namespace {

// A value in both forms.
struct Written {
  std::string text;
  json value;
};

// Fields by the containers of `send`: "request" -> "path" -> value. Keyed ones lie one deeper.
struct Field;
struct Node {
  std::vector<Field> fields;
  Written leaf;

  Node& at(const std::string& name);
};
struct Field {
  std::string name;
  Node node;
};

Node& Node::at(const std::string& name) {
  auto found = std::ranges::find(fields, name, &Field::name);
  return found != fields.end() ? found->node : fields.emplace_back(name, Node{}).node;
}

Written member(const plan::Plan& plan, const plan::Source& source, int64_t number) {
  const plan::Enumeration& enumeration = plan.enumerations[source.enumeration];
  bool known = number >= 0 && number < int64_t(enumeration.members.size());
  return {plan::written_member(enumeration, number),
          known ? enumeration.members[size_t(number)] : "?"};
}

Written amount(const plan::Source& source, int64_t number) {
  std::string text = plan::written(number, source.unit);
  switch (source.unit) {
    case plan::Unit::nano_dollars:
    case plan::Unit::nanoseconds:
      return {text, static_cast<double>(number) / 1e9};
    case plan::Unit::time:
      return {text, format_time(number)};
    case plan::Unit::date:
      return {text, format_date(number)};
    default:
      return {text, number};
  }
}

Written written(const plan::Plan& plan, const plan::Source& source, const Constant& constant);

template <class Member>
Written list(const plan::Plan& plan, const plan::Source& source,
             const std::vector<Member>& members) {
  Written out{"[", json::array()};
  for (const Member& item : members) {
    Written one = written(plan, source, Constant(item));
    out.text += (out.text.size() > 1 ? ", " : "") + one.text;
    out.value.push_back(std::move(one.value));
  }
  out.text += "]";
  return out;
}

Written written(const plan::Plan& plan, const plan::Source& source, const Constant& constant) {
  return std::visit(
      Overloaded{[](bool v) { return Written{v ? "true" : "false", v}; },
                 [&](int64_t v) {
                   return source.enumeration != ~0u ? member(plan, source, v) : amount(source, v);
                 },
                 [](double v) { return Written{fmt::format("{}", v), v}; },
                 [](const std::string& v) { return Written{plan::in_quotes(v), v}; },
                 [](const plan::Ip& v) {
                   return Written{plan::in_quotes(plan::format_ip(v)), plan::format_ip(v)};
                 },
                 [&](const std::vector<std::string>& v) { return list(plan, source, v); },
                 [&](const std::vector<int64_t>& v) { return list(plan, source, v); },
                 [](const auto&) { return Written{"?", nullptr}; }},
      constant);
}

class Record {
 public:
  Record(const plan::Plan& plan, const World& world) : plan_(plan), shape_(plan) {
    for (const auto& [source, value] : world) {
      if (value && !of_model(source)) add(plan.sources[source], *value);
    }
    add_model(world);
    Node& path = root_.at("request").at("path");
    if (path.leaf.text.empty()) path.leaf = some_path();
  }

  const Node& root() const { return root_; }
  // What no `send` can say, as "meter.used is 5".
  const std::vector<std::string>& rest() const { return rest_; }

 private:
  void add(const plan::Source& source, const Constant& value) {
    constexpr std::string_view containers[] = {"request",  "principal", "session", "ai",
                                               "response", "usage",     "system"};
    size_t dot = std::min(source.path.find('.'), source.path.size());
    std::string object = source.path.substr(0, dot),
                field = source.path.substr(std::min(dot + 1, source.path.size()));
    if (source.rep == plan::Rep::handle) return add_document(field, value);
    bool keyed = !source.key.empty();
    bool sent = std::ranges::find(containers, object) != std::end(containers) &&
                field.find('.') == field.npos;
    if (sent && keyed) sent = field == "header" || field == "query";
    Written what = written(plan_, source, value);
    if (!sent) return rest_.push_back(fmt::format("{} is {}", readable(source), what.text));
    if (field == "header") field = "headers";
    Node& node = root_.at(object).at(field);
    (keyed ? node.at(source.key) : node).leaf = std::move(what);
  }

  // As policies read it: `team_month.used`, `toxicity.flagged`.
  static std::string readable(const plan::Source& source) {
    std::string name = source.name();
    size_t last = name.rfind('.');
    if (name.starts_with("classifier.")) return name.substr(11, last - 11);
    if (!name.starts_with("meter.")) return name;
    return name.substr(name.rfind('.', last - 1) + 1);
  }

  void add_document(const std::string& name, const Constant& contents) {
    auto document = std::ranges::find(plan_.documents, name, &plan::Document::name);
    rest_.push_back(fmt::format("{} is {}", name.substr(name.rfind('.') + 1),
                                prove::written(plan_, *document, unpacked(contents))));
  }

  bool of_model(plan::SourceId source) const {
    return shape_.group(source) == shape_.model_group();
  }

  void add_model(const World& world) {
    World model;
    for (const auto& [source, value] : world) {
      if (of_model(source)) model.emplace(source, value);
    }
    if (model.empty()) return;
    std::string name = "undeclared";
    for (const auto& [source, value] : model) {
      if (plan_.sources[source].path == "model.name" && value) name = std::get<std::string>(*value);
    }
    for (size_t i = 0; i < plan_.deployment.models.size(); ++i) {
      if (declared_world(shape_, shape_.model_group(), i) == model)
        name = plan_.deployment.models[i].name;
    }
    root_.at("model").at("name").leaf = {plan::in_quotes(name), name};
  }

  Written some_path() const {
    if (plan_.deployment.endpoints.empty()) return {"\"/\"", "/"};
    Pattern glob;
    glob.add_glob(plan_.deployment.endpoints[0].glob);
    std::string path = glob.samples()[0];
    return {plan::in_quotes(path), path};
  }

  const plan::Plan& plan_;
  Shape shape_;
  Node root_;
  std::vector<std::string> rest_;
};

std::string text_of(const Node& node) {
  if (node.fields.empty()) return node.leaf.text;
  std::string out = "{ ";
  for (const auto& [name, field] : node.fields) {
    if (out.size() > 2) out += ", ";
    out += (plan::is_name(name) ? name : plan::in_quotes(name)) + ": " + text_of(field);
  }
  return out + " }";
}

json json_of(const Node& node) {
  if (node.fields.empty()) return node.leaf.value;
  json out = json::object();
  for (const auto& [name, field] : node.fields) out[name] = json_of(field);
  return out;
}

}  // namespace

std::string as_send(const plan::Plan& plan, const World& world) {
  Record record(plan, world);
  Node flat;  // fields of the request stand alone
  for (const auto& [object, node] : record.root().fields) {
    if (object == "request")
      flat.fields.insert(flat.fields.begin(), node.fields.begin(), node.fields.end());
    else if (object == "model")
      flat.at(object) = node.fields[0].node;
    else
      flat.at(object) = node;
  }
  // The path first.
  std::ranges::stable_sort(flat.fields, {},
                           [](const Field& field) { return field.name != "path"; });
  std::string out = "send " + text_of(flat);
  std::string_view between = " where ";
  for (const std::string& condition : record.rest()) {
    out += std::string(between) + condition;
    between = " and ";
  }
  return out;
}

std::string as_json(const plan::Plan& plan, const World& world) {
  return json_of(Record(plan, world).root()).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace aipol::prove
