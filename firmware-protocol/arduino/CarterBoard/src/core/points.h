#pragma once
#include <stdint.h>

#include "board.h"
#include "event.h"
#include "output.h"
#include "sensor.h"
#include "text-buffer.h"

/** What sketches hold in their hands: one class for each kind of point. */
namespace carter {

/** 10 to the power of `places`. */
constexpr int32_t powerOfTen(uint8_t places) {
  return places == 0 ? 1 : 10 * powerOfTen(places - 1);
}

/** Turns numbers into whole multiples of the smallest unit; no floating point is linked where none is used. */
template <uint8_t places>
struct Fixed {
  static int32_t of(int value) { return whole(value); }
  static int32_t of(unsigned value) { return whole(value); }
  static int32_t of(long value) { return whole(value); }
  static int32_t of(unsigned long value) { return value > TOO_MUCH ? TOO_MUCH : whole(static_cast<long>(value)); }
  static int32_t of(float value) { return of(static_cast<double>(value)); }
  static int32_t of(double value) {
    const double units = value * powerOfTen(places);
    // What is no number compares as nothing, and is unknown.
    if (!(units > -1.0 * TOO_MUCH && units < 1.0 * TOO_MUCH)) return TOO_MUCH;
    return static_cast<int32_t>(units < 0 ? units - 0.5 : units + 0.5);
  }

 private:
  static constexpr int32_t TOO_MUCH = MAX_INTEGER + 1;

  static int32_t whole(long value) {
    const long most = MAX_INTEGER / powerOfTen(places);
    return value > most || value < -most ? TOO_MUCH : static_cast<int32_t>(value) * powerOfTen(places);
  }
};

/** A measured number, with `places` decimals. */
template <uint8_t places>
class NumberSensor : public Sensor {
 public:
  using Sensor::Sensor;
  /** It measured this; NAN: nobody knows. */
  template <class Number>
  void set(Number value) {
    measure(Fixed<places>::of(value));
  }
  /** The same in the smallest unit: 215 for 21.5 with one decimal. */
  void setUnits(int32_t value) { measure(value); }
};

class BooleanSensor : public Sensor {
 public:
  using Sensor::Sensor;
  void set(bool on) { measure(on); }
};

/** One of a few words, set by its index from 0. */
class EnumSensor : public Sensor {
 public:
  using Sensor::Sensor;
  void set(uint8_t word) { measure(word); }
};

/** A text of up to `bytes` bytes of UTF-8. */
template <uint8_t bytes>
class TextSensor : public Sensor {
 public:
  explicit TextSensor(const SensorInfo* info) : Sensor(info), buffer(text, copy, bytes + 1) {}
  /** What is too long is cut. */
  void set(const char* text) { measure(buffer.keep(text)); }

  TextBuffer buffer;

 private:
  char text[bytes + 1] = "";
  char copy[bytes + 1];
};

/** A switch: a relay, a lamp, a pump. */
class BooleanOutput : public Switch {
 public:
  using Switch::Switch;
  /** What it was put to last. */
  bool get() const { return value; }
  /** It is this, whatever it was put to: somebody switched it by hand. */
  void is(bool on) { became(on); }
};

/** A number with `places` decimals: a speed, a brightness. */
template <uint8_t places>
class NumberOutput : public Output {
 public:
  using Output::Output;
  /** What it was put to last, in its smallest unit. */
  int16_t getUnits() const { return value; }
  template <class Number>
  void is(Number now) {
    became(static_cast<int16_t>(Fixed<places>::of(now)));
  }
};

/** One of a few words: a turnout, a mode. */
class EnumOutput : public Output {
 public:
  using Output::Output;
  /** Index of the word that it was put to last. */
  uint8_t get() const { return static_cast<uint8_t>(value); }
  void is(uint8_t word) { became(word); }
};

/** A text of up to `bytes` bytes of UTF-8: a display. */
template <uint8_t bytes>
class TextOutput : public Output {
 public:
  explicit TextOutput(const OutputInfo* info) : Output(info), buffer(text, copy, bytes + 1) {}
  const char* get() const { return text; }

  TextBuffer buffer;

 private:
  char text[bytes + 1] = "";
  char copy[bytes + 1];
};

}  // namespace carter
