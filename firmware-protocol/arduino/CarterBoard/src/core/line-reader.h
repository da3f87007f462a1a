#pragma once
#include <stdint.h>

#include "crc32.h"
#include "flash.h"
#include "limits.h"

namespace carter {

/** Gathers the bytes of one line from the host and judges it at its end. Holds one line; the next begins after `forget`. */
class LineReader {
 public:
  enum Verdict : uint8_t {
    /** Not at its end yet. */
    PENDING,
    /** Its checksum is right: `body` is what stands before the star. */
    SEALED,
    /** No checksum: maybe a person. */
    BARE,
    /** Damaged or too long. */
    BAD,
  };

  /** Takes up to `most` bytes, not beyond the end of a line; false where there are none. */
  CARTER_ONCE bool receive(uint8_t most);
  Verdict verdict() const { return state; }
  char* body() { return text; }
  CARTER_ONCE void forget();

 private:
  void take(char c);
  Verdict judge();

  Crc32 crc;
  uint8_t length;
  /** Where the checksum begins; 0: no star yet. */
  uint8_t sealAt;
  bool bad;
  bool returned;
  Verdict state;
  char text[MAX_HOST_LINE];
};

}  // namespace carter
