#pragma once
#include <Arduino.h>

/**
 * A turnout with a servo, on one of the two pins whose pulses the chip itself makes with timer 1: they never jitter, whatever
 * the sketch does. There are no pulses until it is thrown for the first time, and none once it has arrived: so nothing moves
 * when the board starts, and nothing hums.
 */
class Turnout {
 public:
  /** Whether timer 1 makes the pulses of channel A (pin 9; 11 on a Mega) or B (pin 10; 12 on a Mega). */
  enum Channel : uint8_t { A, B };

  /** The widths of the pulses at both ends, in µs; 1000 to 2000 are safe for every servo. */
  Turnout(Channel channel, uint16_t closed, uint16_t thrown) : channel(channel), ends{closed, thrown}, width(closed) {}

  /** Call it in setup(). */
  void begin();
  /** Begins to move: 0 closed, 1 thrown. Where it stands before the first move nobody knows. */
  void move(uint8_t to);
  /** Call it in loop(). True once when it has arrived. */
  bool step();

 private:
  void pulse(bool on);

  const Channel channel;
  const uint16_t ends[2];
  uint16_t width;
  uint16_t target = 0;
  /** Extra pulses at the end, for a servo that lags behind. */
  uint8_t settling = 0;
  bool moving = false;
  unsigned long steppedAt = 0;
};
