// Text to tree: what each construct becomes is in golden/ast, each message in golden/syntax; here
// are values, precedence, spans, recovery and hostile input.
#include "compiler/parse/parse.h"

#include <chrono>

#include <doctest.h>

using namespace aipol;

namespace {

struct Parsed {
  explicit Parsed(std::string text) {
    tree = parse::parse(files, files.add("test.aipol", std::move(text)), diagnostics);
  }

  std::string codes() const {
    std::string result;
    for (const auto& diagnostic : diagnostics.all())
      result += fmt::format("{}{}", result.empty() ? "" : " ", diagnostic.code);
    return result;
  }
  std::string at(source::Span span) const {
    return std::string(files[0].text().substr(span.begin, span.end - span.begin));
  }

  source::Files files;
  diagnostics::Diagnostics diagnostics;
  ast::Tree tree;
};

std::string expression(std::string_view text) {
  Parsed parsed(fmt::format("const x = {}", text));
  if (parsed.diagnostics.failed()) return parsed.codes();
  return ast::dump(*std::get<ast::ConstDeclaration>(parsed.tree.declarations.at(0).node).value);
}

std::string codes(std::string_view text) { return Parsed(std::string(text)).codes(); }

std::string repeated(std::string_view text, size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("parse: precedence") {
  CHECK(expression("a or b and c") == "(or a (and b c))");
  CHECK(expression("not a and b") == "(and (not a) b)");
  CHECK(expression("not a == b") == "(not (== a b))");
  CHECK(expression("a == b and c != d or e") == "(or (and (== a b) (!= c d)) e)");
  CHECK(expression("a + b * c - d") == "(- (+ a (* b c)) d)");
  CHECK(expression("a ?? b + 1 > c") == "(> (?? a (+ b 1)) c)");
  CHECK(expression("a ?? b ?? c") == "(?? a (?? b c))");
  CHECK(expression("-a.b * c") == "(* (- (. a b)) c)");
  CHECK(expression("has a.b and not has c[\"k\"]") ==
        "(and (has (. a b)) (not (has (index c \"k\"))))");
  CHECK(expression("a in 1..b + 1") == "(in a (.. 1 (+ b 1)))");
  CHECK(expression("a not in b") == "(not in a b)");
  CHECK(expression("(a or b) and c") == "(and (or a b) c)");
  CHECK(expression("a % b") == "(% a b)");
}

TEST_CASE("parse: what reaches as far right as it can") {
  CHECK(expression("if a then b else c or d") == "(if a b (or c d))");
  CHECK(expression("a and any x in xs: x == 1 or b") == "(and a (any x xs (or (== x 1) b)))");
  CHECK(expression("(count x in xs: x > 1) >= 2") == "(>= (count x xs (> x 1)) 2)");
  CHECK(expression("not all x in xs.y: x") == "(not (all x (. xs y) x))");
  CHECK(expression("if a then if b then 1 else 2 else 3") == "(if a (if b 1 2) 3)");
}

TEST_CASE("parse: literals") {
  CHECK(expression("100_000") == "100000");
  CHECK(expression("[100k, 5M, 2G, 1.5k]") == "(list 100000 5000000 2000000000 1500)");
  CHECK(expression("[64KiB, 1MiB, 10kB, 2GiB]") == "(list 65536 1048576 10000 2147483648)");
  CHECK(expression("[0.8, 80%, 12.5%]") == "(list (float 0.8) (float 0.8) (float 0.125))");
  CHECK(expression("[$2.50, $1_000, $0.000000001]") ==
        "(list (usd 2.500000000) (usd 1000.000000000) (usd 0.000000001))");
  CHECK(expression("[250ms, 30s]") == "(list (duration 250000000ns) (duration 30000000000ns))");
  CHECK(expression("[09:00, 24:00]") == "(list (clock 09:00) (clock 24:00))");
  CHECK(expression("22:00..06:00") == "(.. (clock 22:00) (clock 06:00))");
  CHECK(expression("[4xx, 5xx]") == "(list (status 4xx) (status 5xx))");
  CHECK(expression("1..5") == "(.. 1 5)");
  CHECK(expression("1..=5") == "(..= 1 5)");
  CHECK(expression("9223372036854775807") == "9223372036854775807");
  CHECK(expression("9223372036854775808") == "E0106");
  CHECK(expression("10G * 1") == "(* 10000000000 1)");
  CHECK(expression("$9_223_372_037") == "E0106");
  CHECK(expression("24:01") == "E0110");
  CHECK(expression("9:00") == "E0110");
  CHECK(expression("6xx") == "E0110");
  CHECK(expression("1__0") == "E0110");
  CHECK(expression("5minutes") == "E0110");
  CHECK(expression("$1.0000000001") == "E0110");
}

TEST_CASE("parse: `%` is a suffix only where no digit, name or `(` follows") {
  CHECK(expression("80%") == "(float 0.8)");
  CHECK(expression("10%3") == "(% 10 3)");
  CHECK(expression("10%a") == "(% 10 a)");
  CHECK(expression("10%(a)") == "(% 10 a)");
  CHECK(expression("10 % 3") == "(% 10 3)");
  CHECK(codes("policy a { allow when x.ratio >= 80%\n  deny }") == "");
}

TEST_CASE("parse: texts") {
  CHECK(expression(R"("a\n\t\"\\\u{1f600}")") == "\"a\\n\\t\\\"\\\\😀\"");
  CHECK(expression(R"(r"\d\")") == "\"\\\\d\\\\\"");
  CHECK(expression(R"(f"a {b.c} {{d}} \u{e9}")") == "(format \"a \" (. b c) \" {d} é\")");
  CHECK(expression(R"(f"{a}{ {k: "}"} }")") == "(format \"\" a \"\" (record (k \"}\")) \"\")");
  CHECK(expression(R"(f"x {f"y {z}"}")") == "(format \"x \" (format \"y \" z \"\") \"\")");
  CHECK(expression(R"("\q")") == "E0105");
  CHECK(expression(R"("\u{d800}")") == "E0105");
  CHECK(expression(R"("a)") == "E0104");
  CHECK(expression(R"(f"a {b")") == "E0104");
  CHECK(expression("\"a\nb\"") == "E0104 E0104");
}

TEST_CASE("parse: keywords are names where nothing can begin") {
  CHECK(expression("model.policy + on") == "(+ (. model policy) on)");
  CHECK(expression("{ allow: deny, test: 1 }") == "(record (allow deny) (test 1))");
  CHECK(expression("d.count(t) > 1 or injection.all") ==
        "(or (> (call (. d count) t) 1) (. injection all))");
  CHECK(codes("policy policy { on get \"/x\" allow when allow }\nenum on { at, by }\nfn fn(use: "
              "model) -> test = use.as") == "");
  CHECK(codes("endpoint \"/x\" { accepts: any }") == "");
  CHECK(codes("policy when { allow }") == "E0109");
}

TEST_CASE("parse: spans") {
  Parsed parsed(
      "const x = (a + b) * c.d(1)\n/// why\npolicy p { /// what\n allow when f\"x{e}\" == y }");
  REQUIRE(parsed.codes() == "");
  const auto& declarations = parsed.tree.declarations;
  CHECK(parsed.at(declarations[0].span) == "const x = (a + b) * c.d(1)");
  const auto& product =
      std::get<ast::Binary>(std::get<ast::ConstDeclaration>(declarations[0].node).value->node);
  CHECK(parsed.at(product.left->span) == "(a + b)");
  CHECK(parsed.at(product.op_span) == "*");
  CHECK(parsed.at(product.right->span) == "c.d(1)");
  CHECK(declarations[1].doc == "why");
  const auto& statement = std::get<ast::PolicyDeclaration>(declarations[1].node).statements.at(0);
  CHECK(statement.doc == "what");
  CHECK(parsed.at(statement.effect.span) == "allow");
  const auto& equal = std::get<ast::Binary>(statement.condition->node);
  CHECK(parsed.at(equal.left->span) == "f\"x{e}\"");
  CHECK(parsed.at(std::get<ast::FormatString>(equal.left->node).holes.at(0)->span) == "e");
}

TEST_CASE("parse: one mistake, one error, and the rest is still read") {
  CHECK(codes("policy a = { allow }\nconst k = 1") == "E0102");
  CHECK(codes("policy a { allow when x = 1 && !y; }") == "E0103 E0103 E0103 E0102");
  CHECK(codes("policy a {\n  alow\n  allow when x contains y\n  deny when a < b < c\n}") ==
        "E0102 E0102 E0111");
  CHECK(codes("policy a {\n  allow when (x\n  deny\n}\nconst k = (1") == "E0102 E0102");
  CHECK(codes("policy a {\n  allow\npolicy b { deny }\n}\nconst k = 1") == "E0102");
  CHECK(codes("policy a \"x {\n allow\n}") == "E0104");
  CHECK(codes("policy a { on '/x' allow }") == "E0103");
  CHECK(codes("test \"x\" {\n  send { path \"/x\" }\n  let x 5\n  expect allow\n}") ==
        "E0102 E0102");
  CHECK(codes("polcy a { allow }\nconst k = ") == "E0102 E0102");
  CHECK(codes("}\n}\n") == "E0102");
}

TEST_CASE("parse: what is broken is left out or invalid") {
  Parsed parsed("policy a {\n  allow when )\n  deny\n}\nconst k = +\nfn f() -> int = 1");
  CHECK(parsed.tree.declarations.size() == 3);
  const auto& policy = std::get<ast::PolicyDeclaration>(parsed.tree.declarations[0].node);
  CHECK(ast::dump(parsed.tree).contains("invalid"));
  CHECK(!policy.statements.empty());
}

TEST_CASE("parse: nesting and height are bounded") {
  constexpr size_t many = 100'000;
  auto started = std::chrono::steady_clock::now();
  CHECK(expression(repeated("(", many) + "1" + repeated(")", many)) == "E0107");
  CHECK(expression(repeated("[", many)) == "E0107");
  CHECK(expression(repeated("not ", many) + "a") == "E0107");
  CHECK(expression(repeated("- ", many) + "a") == "E0107");
  CHECK(expression(repeated("if a then b else ", many) + "c") == "E0107");
  CHECK(expression(repeated("any x in xs: ", many) + "c") == "E0107");
  CHECK(expression(repeated("f\"{", many) + "a") == "E0107");
  CHECK(expression("a" + repeated(" + b", many)) == "E0107");
  CHECK(expression("a" + repeated(".b", many)) == "E0107");
  CHECK(expression("a" + repeated("[0]", many)) == "E0107");
  CHECK(codes("const x: " + repeated("set<", many)) == "E0107");
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
  CHECK(expression(repeated("(", 100) + "1" + repeated(")", 100)) == "1");
}

TEST_CASE("parse: long chains of `or` are no mistake") {
  CHECK(codes("const x = a == b" + repeated(" or a == b", 20'000)) == "");
  CHECK(codes("const x = [1" + repeated(", 2", 20'000) + "]") == "");
}

TEST_CASE("parse: unreadable files") {
  CHECK(codes("policy a {\n  on \"\xff\"\n}") == "E0101");
  CHECK(codes("\xed\xa0\x80") == "E0101");
  CHECK(codes(std::string(source::max_file_bytes + 1, ' ')) == "E0108");
  CHECK(codes("\xef\xbb\xbf"
              "const x = 1") == "");
  CHECK(codes("") == "");
  CHECK(codes(repeated("\"\n", 100'000)).size() == parse::max_errors * 6 - 1);
  CHECK(Parsed(repeated("x {\n", 10'000)).diagnostics.errors() <= parse::max_errors);
  CHECK(Parsed(std::string(1 << 20, '\0')).diagnostics.errors() <= parse::max_errors);
}

TEST_CASE("render: long lines, tabs and control characters") {
  Parsed parsed("const\tx = [" + repeated("1, ", 200) + "\"\x01\\q\", " + repeated("2, ", 200) +
                "]");
  REQUIRE(parsed.codes() == "E0105");
  std::string text = diagnostics::render(parsed.diagnostics.all()[0], parsed.files, false);
  CHECK(text.contains("…"));
  CHECK(text.contains("\\u{1}"));
  CHECK(!text.contains('\t'));
  CHECK(!text.contains('\x01'));
  size_t caret = text.find("^^"), source = text.find("\\q");
  REQUIRE(caret != std::string::npos);
  REQUIRE(source != std::string::npos);
  std::string coloured = diagnostics::render(parsed.diagnostics.all()[0], parsed.files, true);
  CHECK(coloured.contains("\x1b[1;31merror[E0105]"));
}

TEST_CASE("render: labels on other lines and in other files") {
  source::Files files;
  files.add("a.aipol", "one\ntwo\nthree\n");
  files.add("b.aipol", "four\n");
  diagnostics::Diagnostics diagnostics;
  diagnostics.report({0, 4, 7}, diagnostics::bad_literal, "two", "number")
      .underline("here")
      .label({0, 8, 13}, "and here")
      .label({1, 0, 4}, "declared here")
      .help("write `2`");
  CHECK(diagnostics::render(diagnostics.all()[0], files, false) ==
        "error[E0110]: `two` is not a valid number\n"
        " --> a.aipol:2:1\n"
        "2 | two\n"
        "  | ^^^ here\n"
        "3 | three\n"
        "  | ----- and here\n"
        " --> b.aipol:1:1\n"
        "1 | four\n"
        "  | ---- declared here\n"
        "  = help: write `2`\n");
}
