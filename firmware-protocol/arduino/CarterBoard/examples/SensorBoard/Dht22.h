#pragma once
#include <Arduino.h>

/**
 * A DHT22 (AM2302): humidity and temperature over one wire. An interrupt takes the time of each falling edge, so nothing
 * waits; the pin must be one that can interrupt (2 or 3 on an Uno). One per sketch.
 */
class Dht22 {
 public:
  /** Call it in setup(). */
  void begin(uint8_t pin);
  /** Call it in loop(): asks every two seconds, no sensor answers faster. True where an answer is there, or is overdue. */
  bool step();

  /** Whether the last answer was there, whole and right. The values are of no use where it was not. */
  bool isGood() const { return good; }
  /** In tenths of a degree Celsius, and tenths of a percent. */
  int16_t temperature() const { return temperatureTenths; }
  int16_t humidity() const { return humidityTenths; }

 private:
  enum State : uint8_t { PAUSE, ASKING, LISTENING };

  static void onFall();
  void take();

  uint8_t pin = 0;
  State state = PAUSE;
  unsigned long since = 0;
  bool good = false;
  int16_t temperatureTenths = 0;
  int16_t humidityTenths = 0;
};
