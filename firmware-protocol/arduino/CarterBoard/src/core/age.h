#pragma once
#include <stdint.h>

#include "machine.h"

namespace carter {

/**
 * How old a moment is, in ms. After 49 days it looks young again, which does no harm: an output that was left alone for so
 * long is on its rest, or its lease is renewed all the time.
 */
inline uint32_t ageOf(uint32_t moment) {
  return machine::millis() - moment;
}

/** A moment so long ago, seen from the start, that nothing is counted from it. */
constexpr uint32_t LONG_AGO = 0x80000001;

}  // namespace carter
