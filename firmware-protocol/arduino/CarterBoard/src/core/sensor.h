#pragma once
#include "point.h"

namespace carter {

/** A sensor: says its value when it has changed by enough, and not too often. */
class Sensor : public Point {
 public:
  explicit Sensor(const SensorInfo* info) : Point(&info->point) {}

  /** It measured this, in its smallest unit. A value of more than nine digits is unknown. */
  CARTER_ONCE void measure(int32_t value);
  /** Its value is not known: unplugged, not measured yet. */
  void unknown() { clear(KNOWN); }

  /** Becomes news where it has changed and the last reading is old enough. */
  void pass();
  /** A reading says it now. */
  void say();

  /** In its smallest unit; an enum's index; which of its texts (see TextBuffer). */
  int32_t value;

 private:
  const SensorInfo& about() const { return *reinterpret_cast<const SensorInfo*>(info); }

  int32_t said;
  uint16_t saidAt;
};

}  // namespace carter
