#include "importing/cedar.h"

#include <algorithm>

#include <fmt/format.h>

#include "importing/cedar_tests.h"
#include "importing/cedar_translate.h"
#include "importing/words.h"

namespace aipol::importing {

namespace cedar {

namespace {

struct Source {
  std::string file;
  Policy policy;
  std::string id;
};

void strip_namespaces(Expr& expr) {
  expr.entity.type = without_namespace(expr.entity.type);
  for (Expr& part : expr.parts) strip_namespaces(part);
}

bool check_namespaces(const Expr& expr, Namespaces& spaces) {
  if (!expr.entity.type.empty() && !spaces.add(expr.entity.type)) return false;
  return std::ranges::all_of(expr.parts,
                             [&](const Expr& part) { return check_namespaces(part, spaces); });
}

// Types are told apart by their names alone from here on.
bool drop_namespaces(Policy& policy, Namespaces& spaces) {
  for (Scope* scope : {&policy.principal, &policy.action, &policy.resource})
    for (Entity& entity : scope->entities) {
      if (!spaces.add(entity.type)) return false;
      entity.type = without_namespace(entity.type);
    }
  for (Condition& condition : policy.conditions) {
    if (!check_namespaces(condition.expr, spaces)) return false;
    strip_namespaces(condition.expr);
  }
  return true;
}

Result<std::vector<Source>> read(const CedarInput& input) {
  std::vector<Source> all;
  Namespaces spaces;
  for (const CedarText& text : input.policies) {
    Result<std::vector<Policy>> policies = parse(text.text);
    if (!policies) return failure(fmt::format("{}: {}", text.file, policies.error().message));
    for (Policy& policy : *policies) {
      if (!drop_namespaces(policy, spaces))
        return failure(
            fmt::format("{}:{}: two namespaces have types of one name; import them one at a time",
                        text.file, policy.place.line));
      // As Cedar names policies that bear no name.
      std::string id = policy.annotation("id").value_or(fmt::format("policy{}", all.size()));
      all.push_back({text.file, std::move(policy), std::move(id)});
    }
  }
  return all;
}

std::string message_of(const Source& source) {
  for (std::string_view name : {"message", "reason", "advice", "description"})
    if (auto text = source.policy.annotation(name); text && !text->empty()) return *text;
  return fmt::format("refused by the policy {}", source.id);
}

std::string type_name(Type type) {
  constexpr std::string_view names[] = {"string",      "string", "int", "bool",
                                        "set<string>", "ip",     "time"};
  return std::string(names[static_cast<size_t>(type)]);
}

std::string literal_of(const Plain& value) {
  if (value.type == Type::text) return literal(value.text);
  if (value.type == Type::number) return fmt::format("{}", value.number);
  return value.type == Type::truth ? (value.truth ? "true" : "false") : literal_list(value.texts);
}

class Importer {
 public:
  Importer(std::vector<Source> sources, const Store& store, const Meanings& meanings)
      : sources_(std::move(sources)),
        store_(store),
        meanings_(meanings),
        translator_(store, meanings) {}

  Translation run() {
    for (const Source& source : sources_) add(source);
    write_policies();
    write_models();
    std::string tests = write_tests(
        tested_, models(),
        {translator_.principal_attributes(), translator_.model_attributes(), translator_.strange()},
        store_, meanings_);
    if (!tests.empty()) out_.files.push_back({"policies_test.aipol", std::move(tests)});
    out_.remarks.push_back(
        "groups, roles and attributes of callers come from identities: declare one, and map its "
        "claims");
    out_.remarks.push_back(
        "models.aipol declares the models that the policies name at a provider that echoes; put "
        "your own there");
    return std::move(out_);
  }

 private:
  void state(const Source& source, Share share, std::string note) {
    out_.items.push_back({fmt::format("policy `{}`", commented(source.id)), source.file,
                          source.policy.place.line, share, std::move(note)});
  }

  void add(const Source& source) {
    if (source.policy.is_template())
      return state(source, Share::none, "is a template: its slots are filled outside of the text");
    Translated translated = translator_.translate(source.policy);
    std::string note = fmt::format("{}", fmt::join(translated.not_understood, "; "));
    bool is_whole = translated.not_understood.empty();
    tested_.push_back({&source.policy, is_whole});
    if (!is_whole && source.policy.permits && translated.guard.is_never())
      return state(source, Share::none, note);
    if (!is_whole && !source.policy.permits)
      note = "refuses more than the original, what is not understood is taken to hold: " + note;
    state(source, is_whole ? Share::whole : Share::stricter, note);
    if (!translated.guard.is_never()) policy(source, translated.guard);
  }

  void policy(const Source& source, const Guard& guard) {
    std::string description = source.policy.annotation("description").value_or("");
    if (!description.empty()) text_ += fmt::format("/// {}\n", commented(description));
    text_ += fmt::format("/// {}:{}\npolicy {} {{\n", commented(source.file),
                         source.policy.place.line, names_.take(source.id));
    text_ += source.policy.permits ? "  allow"
                                   : fmt::format("  deny 403 {}", literal(message_of(source)));
    if (!guard.is_always()) text_ += " when " + guard.text();
    text_ += "\n}\n\n";
  }

  void write_policies() {
    std::string head =
        "// Policies of Cedar. A refusal outweighs every permission, and what nothing permits is "
        "refused, as there.\n\n";
    if (!translator_.principal_attributes().empty()) {
      head += "extend principal {\n";
      for (const auto& [name, type] : translator_.principal_attributes())
        head += fmt::format("  {}?: {},\n", name, type_name(type));
      head += "}\n\n";
    }
    head +=
        "/// Cedar decides of callers that are known.\npolicy callers {\n"
        "  require principal.kind != anonymous else 401 \"who are you?\"\n}\n\n";
    out_.files.push_back({"policies.aipol", head + text_});
  }

  // Those that are named; one more, so that there is a model that is not meant.
  std::set<std::string> models() const {
    std::set<std::string> models = translator_.models();
    for (const auto& [entity, values] : store_.entities())
      if (meanings_.of_type(entity.type) == Role::model) models.insert(entity.id);
    if (models.size() < 2) models.insert("example");
    return models;
  }

  void write_models() {
    std::string text =
        "// The models that the policies name, at a provider that echoes: put your own here.\n\n"
        "provider cedar_models { kind: echo }\n\n";
    if (!translator_.model_attributes().empty()) {
      text += "extend model {\n";
      for (const auto& [name, type] : translator_.model_attributes())
        text += fmt::format("  {}?: {},\n", name, type_name(type));
      text += "}\n\n";
    }
    for (const std::string& name : models()) {
      text += fmt::format("model {} {{ provider: cedar_models", literal(name));
      for (const auto& [entity, values] : store_.entities()) {
        if (entity.id != name || meanings_.of_type(entity.type) != Role::model) continue;
        for (const auto& [attribute, type] : translator_.model_attributes())
          if (auto found = values.find(attribute); found != values.end())
            text += fmt::format(", {}: {}", attribute, literal_of(found->second));
      }
      text += " }\n";
    }
    out_.files.push_back({"models.aipol", std::move(text)});
  }

  const std::vector<Source> sources_;
  const Store& store_;
  const Meanings& meanings_;
  Translator translator_;
  std::vector<Tested> tested_;
  std::string text_;
  Names names_;
  Translation out_;
};

}  // namespace

}  // namespace cedar

Result<Translation> import_cedar(const CedarInput& input) {
  Result<cedar::Meanings> meanings = cedar::Meanings::of(input.meanings);
  if (!meanings) return std::unexpected(meanings.error());
  Result<cedar::Store> store = cedar::Store::read(input.schema, input.entities);
  if (!store) return std::unexpected(store.error());
  Result<std::vector<cedar::Source>> sources = cedar::read(input);
  if (!sources) return std::unexpected(sources.error());
  if (sources->empty()) return failure("there are no policies in it");
  Translation translation = cedar::Importer(std::move(*sources), *store, *meanings).run();
  Result<void> done = finish(translation);
  if (!done) return std::unexpected(done.error());
  return translation;
}

}  // namespace aipol::importing
