#pragma once
#include <stdint.h>

#include "flash.h"

namespace carter {

/** CRC-32 of IEEE 802.3, byte by byte; `123456789` has CBF43926. */
class Crc32 {
 public:
  void reset() { state = 0xFFFFFFFF; }
  CARTER_ONCE void add(uint8_t byte);
  uint32_t value() const { return ~state; }

 private:
  uint32_t state;
};

}  // namespace carter
