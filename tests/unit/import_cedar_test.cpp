// What imports of Cedar must not do: permit more than the original. The goldens show whole ones.
#include <doctest.h>

#include <algorithm>

#include "importing/cedar.h"

namespace aipol::importing {

namespace {

struct Imported {
  std::string policies, error;
  std::vector<Item> items;

  bool has(std::string_view text) const { return policies.find(text) != std::string::npos; }
};

Imported read(std::string text, std::map<std::string, std::string> meanings = {}) {
  CedarInput input;
  input.policies.push_back({"p.cedar", std::move(text)});
  input.meanings = std::move(meanings);
  auto translation = import_cedar(input);
  if (!translation) return {"", translation.error().message, {}};
  return {translation->files.front().text, "", translation->items};
}

// A guard of one policy, on one line.
std::string guard(const std::string& condition) {
  Imported found = read("permit (principal, action, resource) when { " + condition + " };");
  size_t begin = found.policies.find("allow");
  if (begin == std::string::npos) return found.error;
  std::string text = found.policies.substr(begin, found.policies.find("\n}", begin) - begin), out;
  for (char c : text)
    if (c != '\n' && (c != ' ' || !out.ends_with(' '))) out += c;
  return out;
}

}  // namespace

TEST_CASE("what is not understood narrows a permit and widens a forbid") {
  Imported permit =
      read("permit (principal, action, resource) when { context.weather == \"fine\" };");
  CHECK(permit.items.at(0).share == Share::none);
  CHECK_FALSE(permit.has("allow"));
  // Behind something that holds it is not asked for; before it, it may fail, and then nothing
  // holds.
  Imported half = read(
      "permit (principal, action, resource) when { principal.id == \"ann\" || context.weather == "
      "\"fine\" };");
  CHECK(half.items.at(0).share == Share::stricter);
  CHECK(half.has("allow"));
  Imported forbid = read(
      "permit (principal, action, resource);\n"
      "forbid (principal, action, resource) when { principal.id == \"bob\" && context.weather == "
      "\"foul\" };");
  CHECK(forbid.items.at(1).share == Share::stricter);
  CHECK(forbid.has("when principal.id == \"bob\""));
  Imported negated = read(
      "permit (principal, action, resource);\n"
      "forbid (principal, action, resource) when { principal.id == \"bob\" } unless { "
      "context.weather == \"fine\" };");
  CHECK(negated.has("when principal.id == \"bob\""));
}

TEST_CASE("names that mean nothing permit nothing") {
  CHECK_FALSE(read("permit (principal, action == Ection::\"embed\", resource);").has("allow"));
  CHECK_FALSE(read("permit (principal, action == Action::\"deploy\", resource);").has("allow"));
  CHECK_FALSE(read("permit (principal in Crew::\"a\", action, resource);").has("allow"));
  CHECK_FALSE(read("permit (principal, action, resource in ModelGroup::\"a\");").has("allow"));
  CHECK_FALSE(read("permit (principal is Crew, action, resource);").has("allow"));
  CHECK_FALSE(read("permit (principal == ?principal, action, resource);").has("allow"));
  CHECK(read("permit (principal in Crew::\"a\", action, resource);", {{"Crew", "group"}})
            .has("\"a\" in principal.groups"));
  CHECK(read("permit (principal, action == Action::\"deploy\", resource);",
             {{"Action::deploy", "none"}})
            .items.at(0)
            .share == Share::whole);
}

TEST_CASE("a forbid of what means nothing refuses everything that it may mean") {
  Imported found = read(
      "permit (principal == User::\"ann\", action, resource);\n"
      "forbid (principal, action, resource in ModelGroup::\"secret\") when { principal.id == "
      "\"ann\" };");
  CHECK(found.has("deny 403"));
  CHECK_FALSE(found.has("allow"));  // always refused: an error where it stood
}

TEST_CASE("a policy does not apply where Cedar could not evaluate it") {
  CHECK(guard("principal.level > 3") == "allow when has principal.level and principal.level > 3");
  CHECK(guard("!(principal.level > 3)") ==
        "allow when has principal.level and principal.level <= 3");
  CHECK(guard("principal has level && principal.level > 3") ==
        "allow when has principal.level and principal.level > 3");
  // Behind something that is true an error does not come to pass; behind something that fails all
  // does.
  CHECK(guard("principal.id == \"a\" || principal.level > 3") ==
        "allow when principal.id == \"a\" or has principal.level and principal.level > 3");
  CHECK(guard("principal.level > 3 || principal.id == \"a\"") ==
        "allow when has principal.level and principal.level > 3 or has principal.level and "
        "principal.level <= 3 and "
        "principal.id == \"a\"");
  CHECK(guard("if principal.vip then principal.id == \"a\" else true") ==
        "allow when has principal.vip and principal.vip and principal.id == \"a\" or has "
        "principal.vip and not "
        "principal.vip");
}

TEST_CASE("patterns are Cedar's, where `*` is any text") {
  CHECK(guard("principal.id like \"svc-*\"") == "allow when principal.id.starts_with(\"svc-\")");
  CHECK(guard("principal.id like \"*-x\"") == "allow when principal.id.ends_with(\"-x\")");
  CHECK(guard("principal.id like \"*a*\"") == "allow when principal.id.contains(\"a\")");
  CHECK(guard("principal.id like \"a.*b\"") ==
        "allow when principal.id matches \"^a\\\\.(?s:.*)b$\"");
  CHECK(guard("principal.id like \"a\\*b\"") == "allow when principal.id == \"a*b\"");
}

TEST_CASE("what is no Cedar is told with its place") {
  CHECK(read("permit (principal, action, resource)").error ==
        "p.cedar: line 1, column 37: `;` is expected");
  CHECK(read("permit (principal, action, resource)\n when { principal.x = 1 };").error ==
        "p.cedar: line 2, column 21: there is no such sign in Cedar");
  CHECK(read("permit (principal, action, resource) when { 99999999999999999999 == 1 };")
            .error.find("64 bits") != std::string::npos);
  std::string deep(500, '(');
  CHECK(read("permit (principal, action, resource) when { " + deep).error.find("too deeply") !=
        std::string::npos);
}

}  // namespace aipol::importing
