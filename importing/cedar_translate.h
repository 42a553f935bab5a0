// Cedar's policies as guards. A condition has two sides: where it is true without an error, and
// where it is false without one; where Cedar's evaluation fails, a policy does not apply. What is
// not understood is never on both sides in a `permit`, and on both in a `forbid`, so that the
// result never permits more.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "importing/cedar_guard.h"
#include "importing/cedar_meaning.h"

namespace aipol::importing::cedar {

struct Translated {
  Guard guard = Guard::never();
  std::vector<std::string> not_understood;  // "line 3: …"
};

class Translator {
 public:
  Translator(const Store& store, const Meanings& meanings) : store_(store), meanings_(meanings) {}

  // No templates.
  Translated translate(const Policy& policy);

  // What the guards read of principals and models, to be declared.
  const std::map<std::string, Type>& principal_attributes() const { return principal_attributes_; }
  const std::map<std::string, Type>& model_attributes() const { return model_attributes_; }
  const std::set<std::string>& models() const { return models_; }
  // Entities that mean nothing where they stand; types that do, as entities without a name.
  const std::set<Entity>& strange() const { return strange_; }

 private:
  struct Sides {
    Guard yes, no;
    bool is_total = false;  // it never fails: one side is the other's opposite
  };
  struct Value {
    Type type = Type::unknown;
    std::string text;  // the expression
    Guard present = Guard::always();
    bool is_literal = false;
    std::vector<std::string> items;  // of a literal set of texts
    std::string attribute;           // of the principal: whose type may be found by its use
  };

  Guard scope(const Scope& scope, std::string_view variable, Place place);
  Guard head(const Policy& policy);
  Sides is_within(std::string_view variable, const std::vector<Entity>& entities, bool itself,
                  Place place);
  Guard principal_is(const Entity& entity, bool itself);
  Guard resource_is(const Entity& entity, bool itself, bool& understood);
  void add_operations(const Entity& entity, bool itself, std::set<std::string>& operations,
                      bool& understood);
  Guard no_tool() const;
  Sides type_is(std::string_view variable, std::string_view type, Place place);

  Sides sides(const Expr& expr);
  Sides chain(const Expr& expr);
  Sides conditional(const Expr& expr);
  Sides equality(const Expr& expr);
  Sides order(const Expr& expr);
  Sides within(const Expr& expr);
  Sides presence(const Expr& expr);
  Sides like(const Expr& expr);
  Sides call(const Expr& expr);
  Sides is(const Expr& expr);
  Sides compared(const Value& a, const Value& b, std::string_view sign, std::string_view opposite);

  Value value(const Expr& expr, Type wanted = Type::unknown);
  Value attribute(const Expr& expr, Type wanted);
  Value principal_attribute(const std::string& name, Type wanted);
  Value model_attribute(const std::string& name);
  Value literal_call(const Expr& expr);

  Sides not_understood(Place place, std::string why);
  Sides of(Guard present, Guard yes);
  Sides of(const Guard& present, std::string yes, std::string no);

  const Store& store_;
  const Meanings& meanings_;
  std::map<std::string, Type> principal_attributes_, model_attributes_;
  std::set<std::string> models_;
  std::set<Entity> strange_;
  bool permits_ = false;   // of the policy that is translated
  bool no_tools_ = false;  // its action says already that it is about no tool
  std::vector<std::string> reasons_;
};

}  // namespace aipol::importing::cedar
