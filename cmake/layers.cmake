# The one table of layers. CMake makes one library of each row and links only what the row names;
# tests/layers.py checks every #include line against the same rows.
#
#   "folder | layers it may include | external libraries it may include"
#
# Dependencies are direct: a layer lists every layer it includes, also those it would reach through another.
# A row whose name begins with @ names a set, used below it. fmt may be included everywhere.

set(AIPOL_LAYERS
  "base                 |  | cctz"
  "runtime/abi          |  | "
  "stdlib/native        | base runtime/abi | re2 cctz"
  "plan                 | base runtime/abi stdlib/native | pfr"

  # Compiler: data. Steps include data, never another step.
  "compiler/source      | base | "
  "compiler/diagnostics | base compiler/source | "
  "compiler/ast         | base compiler/source | "
  "compiler/types       | base plan compiler/source | "
  "compiler/ir          | base plan runtime/abi stdlib/native compiler/source compiler/types | "
  "compiler/lowered     |  | "
  "@compiler-data       | compiler/source compiler/diagnostics compiler/ast compiler/types compiler/ir compiler/lowered | "

  # Compiler: steps.
  "compiler/parse       | base plan compiler/source compiler/diagnostics compiler/ast | antlr"
  "compiler/resolve     | base @compiler-data | "
  "compiler/check       | base stdlib/native plan @compiler-data | "
  "compiler/planner     | base plan compiler/source compiler/types compiler/ir compiler/diagnostics | "
  "compiler/index       | base plan runtime/abi | "
  "compiler/prove       | base plan stdlib/native runtime/abi compiler/source compiler/diagnostics compiler/types compiler/ir | z3 json"
  "compiler/lower       | base plan runtime/abi stdlib/native compiler/lowered | llvm"
  "compiler/jit         | base plan runtime/abi stdlib/native compiler/lowered | llvm"
  "compiler/lint        | base compiler/source compiler/diagnostics compiler/ast compiler/types compiler/ir plan | "
  "compiler/format      | base compiler/source compiler/ast | "
  "compiler/lint/lints  | base stdlib/native plan compiler/source compiler/diagnostics compiler/ast compiler/types compiler/ir compiler/lint | "
  "@compiler-steps      | compiler/parse compiler/resolve compiler/check compiler/planner compiler/index compiler/prove compiler/lower compiler/jit compiler/lint/lints compiler/format | "

  # The pipeline: the only code that knows the order of the steps.
  "compiler             | base plan runtime/abi @compiler-data compiler/lint @compiler-steps | embedded"

  # Calls of the gateway itself, beside the traffic.
  "runtime/web          | base | asio openssl"

  "runtime/tokens       | base | "
  "runtime/data         | base plan runtime/abi stdlib/native | json"
  "runtime/schema       | base stdlib/native | json valijson"
  "runtime/meters       | base plan runtime/abi | "
  "runtime/route        | base plan | "
  "runtime/context      | base plan runtime/abi stdlib/native | json"
  "runtime/decision     | base plan runtime/abi runtime/context runtime/meters stdlib/native | "
  "runtime/enforce      | base plan runtime/abi runtime/context runtime/decision runtime/meters runtime/route runtime/data runtime/schema stdlib/native | json"
  "runtime/geo          | base plan | maxminddb"
  "runtime/stores       | base plan runtime/context runtime/meters runtime/enforce | sqlite hiredis"
  "runtime/identity     | base plan runtime/context runtime/web | openssl json"
  "runtime/dialects     | base plan runtime/context | simdjson json"
  "runtime/http         | base | llhttp asio"
  "runtime/upstream     | base plan runtime/context runtime/dialects runtime/http | asio openssl"
  "runtime/audit        | base plan runtime/context runtime/decision runtime/enforce runtime/web stdlib/native | json openssl"
  "runtime/offline      | base runtime/tokens plan runtime/abi runtime/context runtime/decision runtime/meters runtime/enforce runtime/route runtime/dialects | json"
  "runtime/shadow       | base plan runtime/context runtime/decision runtime/enforce runtime/offline | "
  "runtime/gateway      | base runtime/tokens plan runtime/abi runtime/context runtime/decision runtime/meters runtime/route runtime/enforce runtime/stores runtime/data runtime/schema stdlib/native runtime/identity runtime/dialects runtime/upstream runtime/http runtime/geo runtime/audit runtime/offline runtime/shadow | asio openssl prometheus"

  # Logs of others as records that runtime/offline reads.
  "replay/logs          | base plan runtime/offline runtime/context | json zlib zstd"

  "@runtime             | runtime/web runtime/tokens runtime/abi runtime/context runtime/decision runtime/data runtime/schema runtime/meters runtime/route runtime/enforce runtime/identity runtime/dialects runtime/http runtime/upstream runtime/gateway runtime/offline runtime/geo runtime/stores runtime/audit runtime/shadow | "

  "replay               | base plan replay/logs runtime/abi runtime/context runtime/decision runtime/meters runtime/enforce runtime/route runtime/data runtime/audit runtime/offline | simdjson json"

  "testing              | base plan runtime/abi runtime/context runtime/decision runtime/meters runtime/enforce runtime/route runtime/data runtime/offline stdlib/native | "

  "invariants           | base plan compiler compiler/source compiler/prove runtime/decision runtime/enforce testing | "

  "mutation             | base plan compiler @compiler-data compiler/lint runtime/decision runtime/enforce testing invariants | "

  "revision             | base | "
  "difference           | base plan stdlib/native compiler @compiler-data compiler/planner compiler/prove runtime/decision runtime/enforce runtime/offline runtime/context | json"

  # Configurations of others as policy sets.
  "importing            | base plan compiler @compiler-data | json yaml"

  "cli/output           | base plan importing compiler @compiler-data @runtime replay testing invariants mutation difference | json embedded"
  "cli/commands         | base stdlib/native plan compiler @compiler-data @runtime replay replay/logs importing testing invariants mutation revision difference cli/output | cli11 json embedded"
  "cli                  | base stdlib/native plan compiler @compiler-data @runtime replay testing invariants mutation revision difference cli/output cli/commands | cli11 json embedded"
)

# "library | how its headers begin": a header of the right-hand side is allowed only in rows naming the library.
set(AIPOL_EXTERNALS
  "antlr    | antlr4-runtime grammar/"
  "asio     | boost/asio boost/beast asio/"
  "cctz     | cctz/"
  "cli11    | CLI/"
  "embedded | embedded/"
  "hiredis  | hiredis/"
  "json     | nlohmann/"
  "llhttp   | llhttp"
  "llvm     | llvm/ llvm-c/"
  "maxminddb | maxminddb"
  "openssl  | openssl/"
  "prometheus | prometheus/"
  "pfr      | boost/pfr"
  "re2      | re2/"
  "simdjson | simdjson"
  "sqlite   | sqlite3"
  "valijson | valijson/"
  "vectorscan | hs/ hs.h"
  "yaml     | yaml-cpp/"
  "z3       | z3"
  "zlib     | zlib"
  "zstd     | zstd"
)
