// real.*
#include "stdlib/native/real.h"

#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

void real_rounded(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(rounded(real_of(arguments[0])));
}

}  // namespace aipol::native
