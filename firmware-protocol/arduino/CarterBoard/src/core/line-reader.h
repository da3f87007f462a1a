#pragma once
#include <stdint.h>

#include "crc32.h"
#include "host-line.h"
#include "limits.h"

namespace carter {

/** Gathers the bytes of one line from the host, judges it and takes it apart. Holds one line; the next begins after `next`. */
class LineReader {
 public:
  /** Takes some bytes, not beyond the end of a line, or does some of what is to be done with them. */
  CARTER_ONCE void work();
  /** A line is ready to be obeyed. Where a person's line was none of the protocol, its verb is `NONE`. */
  bool isReady() const { return state == READY; }
  CARTER_ONCE void next();

  HostLine line;
  /** Lines that could not be used, up to 65535. */
  uint16_t dropped;

 private:
  enum State : uint8_t { GATHERING, SUMMING, PARSING, READY };

  void take(char c);
  void end();
  void sum();
  void parse();
  void parseNext(bool bare);
  bool isSealed();
  void drop();

  State state;
  uint8_t length;
  /** Where the checksum begins; 0: no star yet. */
  uint8_t sealAt;
  /** How many bytes were summed. */
  uint8_t summed;
  bool bad;
  bool returned;
  /** There was a valid line: from now on a bare one is none. */
  bool spokenTo;
  Crc32 crc;
  char text[MAX_HOST_LINE];
};

}  // namespace carter
