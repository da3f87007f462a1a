#pragma once
#include <stdint.h>

#include "flash.h"
#include "vocabulary.h"

namespace carter {

class Point;

/** A line of the host, taken apart in place, a little at a time. */
class HostLine {
 public:
  enum Progress : uint8_t { GOES_ON, GOOD, BAD };

  /** Begins with a sealed line without its checksum, or with a person's bare line. */
  void begin(char* body, bool bare);
  /** Takes one field apart, or compares a name with that of one point; `BAD`: the line is none of the protocol. */
  Progress step();

  Verb verb;
  /** Without line number, cid, nonce and index. */
  bool isBare;
  /** The point that it names; null: the board has none of that name. */
  Point* point;
  /** In the line. */
  char* value;

  uint32_t nonce() const { return static_cast<uint32_t>(numbers[1]); }
  uint8_t index() const { return static_cast<uint8_t>(numbers[1]); }
  uint16_t cid() const { return static_cast<uint16_t>(numbers[1]); }
  uint16_t ms() const { return static_cast<uint16_t>(numbers[2]); }
  uint32_t maxOn() const { return static_cast<uint32_t>(numbers[2]); }
  uint32_t minOff() const { return static_cast<uint32_t>(numbers[3]); }
  uint8_t group() const { return static_cast<uint8_t>(numbers[4]); }

 private:
  bool nextField();
  Progress takeNumber(uint8_t form);
  Progress findPoint();

  /** The field that was begun; the rest of the line behind it, null after the last; the forms of the fields to come. */
  char* field;
  char* rest;
  const char* forms;
  /** `field` is a name that was compared with the points before `point`. */
  bool seeking;
  /** Line number, and the numbers behind the verb: see the accessors. */
  uint8_t taken;
  int32_t numbers[5];
};

}  // namespace carter
