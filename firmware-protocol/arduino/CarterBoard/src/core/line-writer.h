#pragma once
#include <stdint.h>

#include "crc32.h"
#include "decimal.h"
#include "flash.h"

namespace carter {

/**
 * Writes lines piece by piece, each piece as far as the machine has room, through the checksum. No line is ever kept.
 * A piece comes after a space, but for the first one and where `lead` says otherwise.
 */
class LineWriter {
 public:
  /** How a text is kept, and how it is spelt. */
  enum Form : uint8_t {
    PLAIN = 0,
    /** In RAM, where it stays until it is drained; else in flash. */
    IN_RAM = 1,
    /** Ends at a `|`, too. */
    LISTED = 2,
    /** As one field: see `decodeText`. */
    FIELD = 4,
  };
  /** What becomes of the line: its bytes are summed, and said, and the sum is said at the end. */
  enum Mode : uint8_t { SUMMED = 1, SAID = 2, SEALED = 4, PROGRAM = SUMMED | SAID | SEALED };

  void open(uint8_t mode);
  void close();

  /** The next piece comes after this character, or after none. */
  void lead(char c) { leading = c; }
  void text(const char* text, uint8_t form);
  CARTER_ONCE void number(int32_t value, uint8_t decimals);
  CARTER_ONCE void hex(uint32_t value);

  /** True while a piece is not written to its end. */
  bool busy() const { return at != nullptr; }
  /** Writes a few bytes of the piece, as far as there is room. */
  void drain();

  bool isForPerson() const { return !(mode & SUMMED); }
  /** Bytes of this line so far. */
  uint8_t length() const { return written; }
  uint32_t checksum() const { return crc.value(); }

 private:
  char nextChar();
  char charAt(const char* where) const;

  const char* at;
  uint8_t form;
  char leading;
  bool fresh;
  uint8_t mode;
  uint8_t written;
  /** A byte that is being spelt in hex, and how many of its digits are left. */
  uint8_t spelt;
  uint8_t digits;
  Crc32 crc;
  char token[DECIMAL_ROOM];
};

}  // namespace carter
