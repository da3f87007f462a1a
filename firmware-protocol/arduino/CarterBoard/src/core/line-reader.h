#pragma once
#include <stdint.h>

#include "crc32.h"
#include "flash.h"
#include "limits.h"

namespace carter {

/** Gathers the bytes of one line from the host and judges it. Holds one line; the next begins after `forget`. */
class LineReader {
 public:
  enum Verdict : uint8_t {
    /** Not at its end yet. */
    GATHERING,
    /** At its end; its bytes are being summed. */
    SUMMING,
    /** Its checksum is right: `body` is what stands before the star. */
    SEALED,
    /** No checksum: maybe a person. */
    BARE,
    /** Damaged or too long. */
    BAD,
  };

  /** Takes some bytes, not beyond the end of a line, or sums some; false where there are none. */
  CARTER_ONCE bool work();
  bool isJudged() const { return state >= SEALED; }
  Verdict verdict() const { return state; }
  char* body() { return text; }
  CARTER_ONCE void forget();

 private:
  void take(char c);
  Verdict end();
  void sum();
  Verdict judge();

  Crc32 crc;
  uint8_t length;
  /** Where the checksum begins; 0: no star yet. */
  uint8_t sealAt;
  /** How many bytes were summed. */
  uint8_t summed;
  bool bad;
  bool returned;
  Verdict state;
  char text[MAX_HOST_LINE];
};

}  // namespace carter
