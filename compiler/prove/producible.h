// What requests can be, given who can call a policy set and where: conditions that hold for every
// request that its identities and endpoints could produce.
#pragma once

#include "compiler/prove/terms.h"

namespace aipol::prove {

// Who calls: nobody, or somebody as an identity makes them. A field that the identity does not fill
// has its default. Key files may hold anything that a key file can.
plan::NodeId callers(Terms& terms);

// Where a call arrives: a path of an endpoint, the operation that such an endpoint reads from bodies,
// its model where the call names none; tags only as the gateway lets them in.
plan::NodeId arrivals(Terms& terms);

// The set's endpoints, those that a path belongs to first before others.
std::vector<const plan::Endpoint*> by_precedence(const plan::Plan& plan);
// The operations that calls of an endpoint can be, as members of Operation; the first where the call
// does not say. Empty: any.
std::vector<std::string_view> operations_of(const plan::Endpoint& endpoint);

// Prompts are served as endpoints: they become some.
void serve_prompts(plan::Plan& plan);

}  // namespace aipol::prove
