#pragma once
#include <stdint.h>

#include "vocabulary.h"

namespace carter {

class Point;

/** A line of the host, taken apart. */
struct HostLine {
  Verb verb;
  /** The point that it names; null: the board has none of that name. */
  Point* point;
  /** In the line. */
  char* value;
  /** Its line number, and the numbers that come after the verb: see the accessors. A bare line has no line number and no cid. */
  int32_t numbers[5];

  uint32_t nonce() const { return static_cast<uint32_t>(numbers[1]); }
  uint8_t index() const { return static_cast<uint8_t>(numbers[1]); }
  uint16_t cid() const { return static_cast<uint16_t>(numbers[1]); }
  uint16_t ms() const { return static_cast<uint16_t>(numbers[2]); }
  uint32_t maxOn() const { return static_cast<uint32_t>(numbers[2]); }
  uint32_t minOff() const { return static_cast<uint32_t>(numbers[3]); }
  uint8_t group() const { return static_cast<uint8_t>(numbers[4]); }
};

/** Takes a sealed line without its checksum apart, or a person's bare line, in place; false where it is none of the protocol. */
bool parseHostLine(char* body, bool bare, HostLine& line);

}  // namespace carter
