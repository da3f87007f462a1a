#include "crc32.h"

namespace carter {

// Bit by bit: on an AVR no slower than a table of 16 entries, which takes four shifts for each, and smaller.
void Crc32::add(uint8_t byte) {
  uint32_t crc = state ^ byte;
  for (uint8_t bits = 8; bits > 0; bits--) {
    const bool carry = crc & 1;
    crc >>= 1;
    if (carry) crc ^= 0xEDB88320;
  }
  state = crc;
}

}  // namespace carter
