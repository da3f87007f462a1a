#include "Turnout.h"

/** A servo wants a pulse every 20 ms; timer 1 counts half microseconds. */
static const unsigned long FRAME_MS = 20;
static const uint16_t FRAME = 40000;
/** From one end to the other, 1000 µs apart, in two seconds: as a turnout motor does, and gentle with the points. */
static const uint16_t STEP_US = 10;
static const uint8_t SETTLING = 25;

#if defined(__AVR_ATmega1280__) || defined(__AVR_ATmega2560__)
static const uint8_t PINS[] = {11, 12};
#else
static const uint8_t PINS[] = {9, 10};
#endif

void Turnout::begin() {
  digitalWrite(PINS[channel], LOW);
  pinMode(PINS[channel], OUTPUT);
  // Fast PWM up to ICR1, with a clock of 2 MHz. The outputs are switched on one by one.
  ICR1 = FRAME - 1;
  TCCR1A = (TCCR1A & ~(_BV(WGM10) | _BV(WGM11))) | _BV(WGM11);
  TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS11);
}

void Turnout::move(uint8_t to) {
  target = ends[to];
  settling = SETTLING;
  moving = true;
  pulse(true);
}

bool Turnout::step() {
  if (!moving || millis() - steppedAt < FRAME_MS) return false;
  steppedAt = millis();
  if (width + STEP_US < target) {
    width += STEP_US;
  } else if (width > target + STEP_US) {
    width -= STEP_US;
  } else if (width != target) {
    width = target;
  } else if (--settling == 0) {
    moving = false;
    pulse(false);
    return true;
  }
  if (moving) pulse(true);
  return false;
}

void Turnout::pulse(bool on) {
  const uint16_t ticks = 2 * width - 1;
  const uint8_t enabled = channel == A ? _BV(COM1A1) : _BV(COM1B1);
  // The chip takes a new width at the beginning of its next frame, so no pulse is ever cut short.
  if (channel == A) {
    OCR1A = ticks;
  } else {
    OCR1B = ticks;
  }
  if (on) {
    TCCR1A |= enabled;
  } else {
    TCCR1A &= ~enabled;
  }
}
