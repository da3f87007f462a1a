#pragma once
#include <stdint.h>

namespace carter {

/**
 * Counts the starts in memory that keeps its bytes without power. Two copies are written in turn, so that power lost in
 * the middle of a write leaves the other; a number is used only once it is written, so that none is used twice.
 */
class BootCounter {
 private:
  struct Copy {
    uint16_t number;
    /** The same number; another one where a write was cut short. */
    uint16_t again;
  };

 public:
  /** Bytes of memory that it needs. */
  static constexpr uint8_t BYTES = 2 * sizeof(Copy);

  /** Does a little, unless the memory is busy: reads what is remembered, then writes the new number byte by byte. */
  void step();
  bool done() const { return steps == 1 + sizeof(Copy); }
  /** This start: 1 to 65535, and 1 again; an EEPROM lives little longer. New memory, all ones, is 65535. */
  uint16_t count() const { return copy.number; }

 private:
  void recall();

  Copy copy;
  /** Where in memory the copy is written. */
  uint8_t base;
  uint8_t steps;
};

}  // namespace carter
