#pragma once
#include "age.h"
#include "point.h"
#include "put.h"
#include "result.h"

namespace carter {

/** An output: what it was put to, what keeps it there, and what time does to it. Times are in milliseconds. */
class Output : public Point {
 public:
  CARTER_ONCE explicit Output(const OutputInfo* info);

  /** The value of a field as it can be taken; false where it can not. A text is left decoded in the field. */
  bool read(char* field, int16_t& wish) const;
  /** Becomes `wish` as far as its handler can, for `pulse` ms, or for good where that is 0. */
  Result command(int16_t wish, uint16_t pulse);
  /** Becomes safe, where it has a safe value. */
  void rest();
  /** What time does to it. `aliveAt`: when the host renewed the leases. */
  void pass(uint32_t aliveAt);

  /** The sketch says: it has got to where it was put. */
  void settled() { became(value); }
  /** The sketch says: it is this, whatever it was put to. */
  CARTER_ONCE void became(int16_t value);
  /** The sketch says: nobody knows. */
  void unknown();

  /** On its way, or unknown for another reason. */
  bool isMoving() const { return !isKnown(); }
  CARTER_ONCE bool isOn() const { return value != resting(); }

  /** In its smallest unit; an enum's index; which of its texts (see TextBuffer). */
  int16_t value;
  /** What a text output is to show; read by its handler. */
  static const char* wishedText;

 private:
  /** Its safe value; 0 where it has none. */
  CARTER_ONCE int16_t resting() const { return static_cast<int16_t>(flash(info->numbers[PointInfo::SAFE])); }
  CARTER_ONCE int16_t number(PointInfo::Number which) const { return static_cast<int16_t>(flash(info->numbers[which])); }
  bool readNumber(const char* field, int16_t& wish) const;
  Result refusal(int16_t wish) const;
  Result put(int16_t wish);

 protected:
  const OutputInfo& about() const { return *reinterpret_cast<const OutputInfo*>(info); }
  /** Whether it left its rest, or came back to it, less than this long ago. */
  CARTER_ONCE bool turnedWithin(uint32_t ms) const { return ageOf(turnedAt) < ms; }

 private:
  /** Of the last set or pulse. */
  uint32_t setAt;
  /** When it left its rest, or came back to it. */
  uint32_t turnedAt;
  uint16_t pulseMs;
};

/** A boolean output, which a host can limit. */
class Switch : public Output {
 public:
  explicit Switch(const OutputInfo* info) : Output(info) {}

  /** What the host says; 0: none. The board's own limits hold besides. */
  struct Limits {
    uint32_t maxOn, minOff;
    uint8_t group;
  } host;

  /** Whether it was away from its rest for too long, or is there for too short a time, if those are limited. */
  bool isTired() const;
  bool isResting() const;
  /** Whether the two may not be on together. */
  bool excludes(const Switch& other) const;
};

}  // namespace carter
