#include "sensor.h"

#include "limits.h"
#include "machine.h"

namespace carter {

void Sensor::measure(int32_t measured) {
  clear(KNOWN);
  if (measured > MAX_INTEGER || measured < -MAX_INTEGER) return;
  value = measured;
  set(KNOWN);
}

void Sensor::pass() {
  const uint16_t age = static_cast<uint16_t>(machine::millis()) - saidAt;
  if (age < flash(about().interval)) return;
  const bool wasKnown = flags & SAID_KNOWN;
  int32_t change = value - said;
  if (change < 0) change = -change;
  const bool changed = isKnown() && change != 0 && change >= flash(about().deadband);
  if (changed || isKnown() != wasKnown) set(NEWS);
}

void Sensor::say() {
  said = value;
  saidAt = static_cast<uint16_t>(machine::millis());
  clear(SAID_KNOWN);
  if (isKnown()) set(SAID_KNOWN);
}

}  // namespace carter
