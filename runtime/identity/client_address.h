// Where a request comes from, when it comes through proxies.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plan/value.h"

namespace aipol::identity {

// The address of `peer`, or of the client behind it. While the address that was found last is of a
// trusted network, the proxy there is believed what it says of the one before: the last entry of
// `x-forwarded-for` that is not looked at yet, or of `forwarded` (RFC 7239) where there is no
// `x-forwarded-for`. An entry that is no address ("unknown", a name, garbage) ends this; so what a
// client itself writes into these headers counts for nothing. Looks at no more than 32 entries and
// the last 8 KiB of each header. `headers` have their names in lower case.
plan::Ip client_address(const plan::Ip& peer,
                        const std::vector<std::pair<std::string, std::string>>& headers,
                        const std::vector<plan::Network>& trusted);

}  // namespace aipol::identity
