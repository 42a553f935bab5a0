// TLS towards clients.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "plan/deployment.h"

namespace aipol::gateway {

using ServerTls = boost::asio::ssl::context;

// TLS 1.2 and 1.3 by the certificate and the key that the settings name; null where they name none.
// `asks`: clients are asked for certificates, which identities judge, not this. The error names the
// file, or the variable.
Result<std::shared_ptr<ServerTls>> make_server_tls(const plan::Gateway& settings,
                                                   const std::filesystem::path& folder, bool asks);

}  // namespace aipol::gateway
