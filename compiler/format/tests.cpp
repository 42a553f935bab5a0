#include "base/overloaded.h"
#include "compiler/format/formatter.h"

namespace aipol::format {

void Formatter::declaration(const ast::TestDeclaration& test) {
  take_words(2);
  if (!test.columns.empty()) {
    space();
    take_words(2);
    for (size_t i = 1; i < test.columns.size(); ++i) {
      take();
      space();
      take();
    }
    space();
    take();
    space();
    expression(test.rows, Place::behind);
  }
  bool forced = is_several_lines() || test.steps.size() > 1;
  if (!body("test", {Shape::tall, true, forced})) return;
  for (const ast::TestStep& each : test.steps) {
    if (&each != &test.steps.front()) next_line();
    comments();
    std::visit([this](const auto& node) { step(node); }, each.node);
  }
  close(false);
}

void Formatter::step(const ast::LetStep& let) {
  take_words(3);
  assigned(let.value);
}

void Formatter::step(const ast::AtStep& at) {
  take();
  space();
  expression(at.time, Place::behind);
}

void Formatter::step(const ast::AfterStep& after) {
  take();
  space();
  expression(after.duration, Place::behind);
}

void Formatter::step(const ast::GivenDataStep& given) {
  take_words(4);
  assigned(given.value);
}

void Formatter::step(const ast::GivenTargetStep& given) {
  take_words(2);
  space();
  expression(given.model, Place::behind);
  space();
  if (open(braces())) entries(given.state);
}

void Formatter::step(const ast::SendStep& send) {
  begin();
  take();
  space();
  if (open(braces())) entries(send.call);
  if (send.reply) {
    out_.indent();
    out_.line({.hugs = true});
    take();
    space();
    if (open(braces())) entries(*send.reply);
    out_.outdent();
  }
  end();
}

void Formatter::step(const ast::ExpectStep& expect) {
  take();
  space();
  std::visit(Overloaded{
                 [&](const ast::ExpectAllow&) { take(); },
                 [&](const ast::ExpectDeny& deny) {
                   take();
                   if (deny.status != nullptr) {
                     space();
                     take();
                   }
                   if (deny.policy) {
                     space();
                     take_words(2);
                   }
                 },
                 [&](const ast::ExpectRoute&) { take_words(2); },
                 [&](const ast::ExpectCondition& expected) {
                   kept_ = at_;
                   expression(expected.condition, Place::behind);
                 },
             },
             expect.expectation);
}

}  // namespace aipol::format
