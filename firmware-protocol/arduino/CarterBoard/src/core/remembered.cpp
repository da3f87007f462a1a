#include "remembered.h"

namespace carter {

const Outcome* Remembered::find(uint16_t cid) const {
  const Outcome* outcome = places;
  for (uint8_t left = used; left > 0; left--, outcome++) {
    if (outcome->cid == cid) return outcome;
  }
  return nullptr;
}

Outcome* Remembered::next() {
  if (used < REMEMBERED) return &places[used++];
  if (++oldest >= REMEMBERED) oldest = 0;
  return &places[oldest];
}

}  // namespace carter
