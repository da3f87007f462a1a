#include "remembered.h"

namespace carter {

const Outcome* Remembered::find(uint16_t cid) const {
  for (uint8_t i = 0; i < used; i++) {
    if (places[i].cid == cid) return &places[i];
  }
  return nullptr;
}

Outcome* Remembered::next() {
  if (used < REMEMBERED) return &places[used++];
  if (++oldest >= REMEMBERED) oldest = 0;
  return &places[oldest];
}

}  // namespace carter
