#pragma once
#include <stdint.h>

#include "flash.h"
#include "info.h"

namespace carter {

/** One point of a board, as much as it needs in RAM. Points are never made but as global objects, which begin as zeros. */
class Point {
 public:
  enum Flag : uint8_t {
    /** To be said in the next reading. */
    NEWS = 1,
    /** An event has happened whose line is still to come. */
    HAPPENED = 2,
    /** An output was put to rest, and nobody was told why: for lack of a host, or for having been on for too long. */
    LEASE_ENDED = 4,
    LIMIT_ENDED = 8,
    REASON = LEASE_ENDED | LIMIT_ENDED,
    /** All that there may be to be said. */
    DUE = NEWS | HAPPENED | REASON,
    /** Its value is what it is. */
    KNOWN = 16,
    /** A sensor's last reading said a value. */
    SAID_KNOWN = 32,
    /** An output was put to rest since its lease last lived. */
    RESTED = 64,
    /** An output is on its way. */
    MOVES = 128,
  };

  /** All points of the program, in the order of their declaration, and their number. */
  static Point* first;
  static uint8_t count;

  uint8_t flags;
  const Role role;
  const Type type;
  const PointInfo* const info;
  /** The point that was declared after it. */
  Point* next;

  bool isSensor() const { return role == Role::SENSOR; }
  bool isOutput() const { return role == Role::ACTUATOR; }
  bool isEvent() const { return role == Role::EVENT; }
  bool isKnown() const { return flags & KNOWN; }
  bool has(PointInfo::Number number) const { return flash(info->has) & 1 << number; }

  void set(uint8_t which) { flags |= which; }
  void clear(uint8_t which) { flags &= ~which; }

 protected:
  CARTER_ONCE explicit Point(const PointInfo* info);
};

}  // namespace carter
