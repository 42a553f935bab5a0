// Declares the types of a set: enums, records, what can be read, and the attributes that `extend`
// adds.
#include <algorithm>

#include "compiler/check/checker.h"
#include "compiler/check/expressions.h"

namespace aipol::check {

namespace {

template <class D, class F>
void each(Checker& checker, F f) {
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      if (const auto* node = std::get_if<D>(&declaration.node)) f(tree.file, declaration, *node);
    }
  }
}

// An enum whose members the compiler knows: the declared models, say. Its name is known to the
// standard library only.
void name_enumeration(Checker& checker, std::string_view name, std::vector<std::string> members) {
  auto definition = static_cast<uint32_t>(checker.set.schema.enumerations.size());
  TypePtr type = checker.set.types.defined(Kind::enumeration, definition, name);
  checker.set.schema.enumerations.push_back(
      {std::string(name), std::move(members), false, type, {}});
  checker.named[std::string(name)] = type;
}

std::vector<std::string> declared_blocks(Checker& checker, std::string_view keyword) {
  std::vector<std::string> names;
  each<ast::BlockDeclaration>(
      checker, [&](FileId, const ast::Declaration&, const ast::BlockDeclaration& block) {
        if (block.keyword.text != keyword) return;
        if (block.name) names.emplace_back(block.name->text);
        if (block.label) names.push_back(*block.label);
      });
  return names;
}

// The members of an open enum: what the set's models and providers give for the setting.
std::vector<std::string> given_members(Checker& checker, std::string_view setting) {
  std::vector<std::string> members;
  each<ast::BlockDeclaration>(
      checker, [&](FileId, const ast::Declaration&, const ast::BlockDeclaration& block) {
        if (block.keyword.text != "model" && block.keyword.text != "provider") return;
        for (const ast::RecordEntry& entry : block.settings.entries) {
          if (entry.key.text != setting) continue;
          std::string member;
          if (const auto* name = std::get_if<ast::Name>(&entry.value->node)) member = name->text;
          if (const auto* text = std::get_if<ast::StringLiteral>(&entry.value->node))
            member = text->value;
          if (!member.empty() && std::ranges::find(members, member) == members.end())
            members.push_back(member);
        }
      });
  std::ranges::sort(members);
  std::erase(members, "unknown");
  return members;
}

constexpr std::pair<std::string_view, std::string_view> open_enumerations[] = {{"Region", "region"},
                                                                               {"Tier", "tier"}};

bool is_open(std::string_view name) {
  return std::ranges::any_of(open_enumerations, [&](auto& open) { return open.first == name; });
}

std::vector<std::string> members_of(Checker& checker, const ast::EnumDeclaration& declaration) {
  std::vector<std::string> members;
  std::set<std::string_view> seen;
  for (const ast::EnumMember& member : declaration.members) {
    if (seen.insert(member.text).second) {
      members.push_back(member.text);
    } else {
      checker.report(member.span, diagnostics::declared_twice, "member", member.text);
    }
  }
  return members;
}

void declare_enumerations(Checker& checker) {
  std::map<std::string_view, TypePtr> closed;  // Region and Tier as the set's author declares them
  std::map<std::string_view, Span> closed_at;
  auto declare = [&](const ast::Declaration& declaration, std::string_view name,
                     std::vector<std::string> members, bool open) {
    auto definition = static_cast<uint32_t>(checker.set.schema.enumerations.size());
    TypePtr type = checker.set.types.defined(Kind::enumeration, definition, name);
    checker.set.schema.enumerations.push_back(
        {std::string(name), std::move(members), open, type, declaration.span});
    checker.defined[&declaration] = type;
    return type;
  };
  each<ast::EnumDeclaration>(
      checker, [&](FileId, const ast::Declaration& declaration, const ast::EnumDeclaration& e) {
        if (e.native) return;
        std::vector<std::string> members = members_of(checker, e);
        bool open = is_open(e.name.text);
        if (open && std::ranges::find(members, "unknown") == members.end())
          members.emplace_back("unknown");
        TypePtr type = declare(declaration, e.name.text, std::move(members), open);
        if (!open) return;
        closed[e.name.text] = type;
        // Models and providers belong to the set: one package's members are those of all.
        auto [first, fresh] = closed_at.try_emplace(e.name.text, e.name.span);
        if (fresh) return;
        checker.report(e.name.span, diagnostics::declared_twice, "enum", e.name.text)
            .label(first->second, "first declared here");
      });
  each<ast::EnumDeclaration>(
      checker, [&](FileId, const ast::Declaration& declaration, const ast::EnumDeclaration& e) {
        if (!e.native) return;
        if (auto own = closed.find(e.name.text); own != closed.end()) {
          checker.defined[&declaration] = own->second;
          return;
        }
        std::vector<std::string> members = members_of(checker, e);
        for (auto [name, setting] : open_enumerations) {
          if (name != e.name.text) continue;
          members = given_members(checker, setting);
          members.emplace_back("unknown");
        }
        declare(declaration, e.name.text, std::move(members), is_open(e.name.text));
      });
}

plan::Phase phase_named(std::string_view name) {
  auto found = std::ranges::find(plan::phase_names, name);
  return static_cast<plan::Phase>(found - std::begin(plan::phase_names));
}

types::Field field_of(Checker& checker, FileId file, const ast::FieldDeclaration& field,
                      plan::Phase phase) {
  TypePtr type = checker.type(field.type, file);
  if (field.phase && !checker.files[file].builtin()) {
    checker.report(field.phase->span, diagnostics::native_outside_std,
                   "at " + std::string(field.phase->text));
  } else if (field.phase) {
    phase = phase_named(field.phase->text);
  }
  return {std::string(field.name.text),
          type,
          field.type.optional,
          phase,
          false,
          std::nullopt,
          field.doc,
          field.name.span};
}

void declare_records(Checker& checker) {
  each<ast::RecordDeclaration>(
      checker, [&](FileId, const ast::Declaration& declaration, const ast::RecordDeclaration& r) {
        auto definition = static_cast<uint32_t>(checker.set.schema.records.size());
        TypePtr type = checker.set.types.defined(Kind::record, definition, r.name.text);
        checker.set.schema.records.push_back({std::string(r.name.text), {}, type});
        checker.defined[&declaration] = type;
      });
  each<ast::ObjectDeclaration>(
      checker, [&](FileId, const ast::Declaration& declaration, const ast::ObjectDeclaration& o) {
        auto definition = static_cast<uint32_t>(checker.set.schema.objects.size());
        TypePtr type = checker.set.types.defined(Kind::object, definition, o.name.text);
        checker.set.schema.objects.push_back(
            {std::string(o.name.text), phase_named(o.phase.text), {}, type});
        checker.defined[&declaration] = type;
      });
}

void fill_fields(Checker& checker) {
  each<ast::RecordDeclaration>(checker, [&](FileId file, const ast::Declaration& declaration,
                                            const ast::RecordDeclaration& r) {
    types::Record& record = checker.set.schema.records[checker.defined[&declaration]->definition];
    for (const ast::FieldDeclaration& field : r.fields) {
      if (types::find(record.fields, field.name.text) != nullptr) {
        checker.report(field.name.span, diagnostics::declared_twice, "field", field.name.text);
      }
      if (field.fallback != nullptr && !checker.files[file].builtin()) {
        checker
            .report(field.fallback->span, diagnostics::syntax_error, "`,` or `}`",
                    "the default of a record's field")
            .help("write `{}?: {}` where it may be absent", field.name.text,
                  checker.text(field.type.span));
      }
      record.fields.push_back(field_of(checker, file, field, plan::Phase::head));
    }
  });
  each<ast::ObjectDeclaration>(checker, [&](FileId file, const ast::Declaration& declaration,
                                            const ast::ObjectDeclaration& o) {
    types::Object& object = checker.set.schema.objects[checker.defined[&declaration]->definition];
    for (const ast::FieldDeclaration& field : o.fields) {
      object.fields.push_back(field_of(checker, file, field, object.phase));
    }
  });
}

bool plain_attribute(TypePtr type) {
  constexpr Kind kinds[] = {Kind::boolean,     Kind::integer, Kind::real, Kind::string,
                            Kind::duration,    Kind::time,    Kind::date, Kind::usd,
                            Kind::enumeration, Kind::ip,      Kind::clock};
  auto scalar = [&](TypePtr t) { return std::ranges::find(kinds, t->kind) != std::end(kinds); };
  bool list = type->collection() && scalar(type->element) && holds_constants(type->element);
  return scalar(type) || list || type->is(Kind::invalid);
}

// roles, groups and scopes may be narrowed to an enum; every other field exists once.
bool can_be_narrowed(const types::Field& existing) {
  return existing.type->is(Kind::set) && existing.type->element->is(Kind::string) &&
         !existing.attribute;
}

bool narrows(types::Field& existing, const types::Field& field) {
  if (!can_be_narrowed(existing) || !field.type->is(Kind::set) || !field.type->element->is(Kind::enumeration))
    return false;
  existing.type = field.type;
  existing.span = field.span;
  return true;
}

// Models have settings that are no fields; an attribute of that name could not be told from it.
bool is_setting(Checker& checker, std::string_view object, std::string_view name) {
  if (object != "model" && object != "provider") return false;
  std::string_view declared = object == "model" ? "ModelSettings" : "ProviderSettings";
  const ast::Symbol& settings = checker.symbols.in_package(ast::prelude, declared)->front();
  const auto& record = std::get<ast::RecordDeclaration>(settings.declaration->node);
  return std::ranges::any_of(record.fields, [&](const auto& f) { return f.name.text == name; });
}

void add_attribute(Checker& checker, FileId file, types::Object& object,
                   const ast::FieldDeclaration& declared) {
  types::Field field = field_of(checker, file, declared, object.phase);
  field.attribute = true;
  auto existing = std::ranges::find(object.fields, field.name, &types::Field::name);
  if (existing != object.fields.end() || is_setting(checker, object.name, field.name)) {
    bool principal = object.name == "principal" && declared.fallback == nullptr && !field.optional;
    if (principal && narrows(*existing, field)) return;
    Diagnostic& report =
        checker.report(declared.name.span, diagnostics::field_exists, object.name, field.name);
    if (object.name == "principal" && existing != object.fields.end() &&
        can_be_narrowed(*existing))
      report.help("it can only be narrowed to an enum: `{}: set<ENUM>`", field.name);
    return;
  }
  if (!plain_attribute(field.type)) {
    checker.report(declared.type.span, diagnostics::unfit_type, "an attribute", field.type->name);
    return;
  }
  if (declared.fallback != nullptr) {
    Scope scope{file, nullptr, {}, false};
    const plan::Constant* value =
        Expressions(checker, scope).constant(declared.fallback, field.type, "the default");
    if (value != nullptr) field.fallback = *value;
    if (field.optional) {
      checker.report(declared.name.span, diagnostics::never_absent, field.name)
          .help("leave out the `?` or the default");
    }
  } else if (!field.optional) {
    checker.report(declared.name.span, diagnostics::attribute_without_value, field.name)
        .help("write `{}?: {}` where it may be absent, or give a default: `{}: {} = …`", field.name,
              checker.text(declared.type.span), field.name, checker.text(declared.type.span));
  }
  object.fields.push_back(std::move(field));
}

void candidates_like_models(Checker& checker) {
  auto target = std::ranges::find(checker.set.schema.objects, "target", &types::Object::name);
  for (types::Field field : checker.set.schema.object("model")->fields) {
    if (!field.attribute || types::find(target->fields, field.name) != nullptr) continue;
    field.phase = plan::Phase::target;
    target->fields.push_back(std::move(field));
  }
}

void extend_objects(Checker& checker) {
  const std::vector<std::string> extensible = {"principal", "model", "provider", "request"};
  each<ast::ExtendDeclaration>(
      checker, [&](FileId file, const ast::Declaration&, const ast::ExtendDeclaration& extend) {
        auto object =
            std::ranges::find(checker.set.schema.objects, extend.object.text, &types::Object::name);
        if (object == checker.set.schema.objects.end() ||
            std::ranges::find(extensible, extend.object.text) == extensible.end()) {
          checker.report(extend.object.span, diagnostics::unknown_object, extend.object.text)
              .suggest(extend.object.text, extensible);
          return;
        }
        for (const ast::FieldDeclaration& field : extend.fields)
          add_attribute(checker, file, *object, field);
        // A candidate has what models have.
        if (extend.object.text == "model") candidates_like_models(checker);
      });
}

}  // namespace

void declare_types(Checker& checker) {
  name_enumeration(checker, "ProviderName", declared_blocks(checker, "provider"));
  name_enumeration(checker, "ModelName", declared_blocks(checker, "model"));
  name_enumeration(checker, "SinkName", declared_blocks(checker, "sink"));
  declare_enumerations(checker);
  declare_records(checker);
  fill_fields(checker);
  extend_objects(checker);
}

}  // namespace aipol::check
