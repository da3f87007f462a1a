#include "Dht22.h"

/** All times of the data sheet: the pause between two answers, the host's low, the whole answer with some reserve. */
static const unsigned long PAUSE_MS = 2000, ASK_MS = 2, ANSWER_MS = 10;
/** From one falling edge to the next, a 0 takes 76 to 80 µs and a 1 takes 120. */
static const uint8_t ONE_US = 100;
/** The answer begins with two edges that are no bits. */
static const uint8_t EDGES = 2 + 40;

// Shared with the interrupt.
static volatile uint8_t edges;
static volatile uint8_t bytes[5];
static volatile unsigned long fellAt;

void Dht22::onFall() {
  const unsigned long now = micros();
  const unsigned long took = now - fellAt;
  fellAt = now;
  if (edges < EDGES) edges++;
  if (edges <= 2) return;
  const uint8_t bit = edges - 3;
  bytes[bit / 8] = bytes[bit / 8] << 1 | (took > ONE_US);
}

void Dht22::begin(uint8_t onPin) {
  pin = onPin;
  pinMode(pin, INPUT_PULLUP);
  since = millis();
}

bool Dht22::step() {
  const unsigned long waited = millis() - since;
  if (state == PAUSE && waited >= PAUSE_MS) {
    // Before the line goes down: an edge that nobody takes would be told later, in the middle of the answer.
    attachInterrupt(digitalPinToInterrupt(pin), onFall, FALLING);
    digitalWrite(pin, LOW);
    pinMode(pin, OUTPUT);
    state = ASKING;
  } else if (state == ASKING && waited >= ASK_MS) {
    edges = 0;
    pinMode(pin, INPUT_PULLUP);
    state = LISTENING;
  } else if (state == LISTENING && (edges == EDGES || waited >= ANSWER_MS)) {
    detachInterrupt(digitalPinToInterrupt(pin));
    take();
    state = PAUSE;
  } else {
    return false;
  }
  since = millis();
  return state == PAUSE;
}

/** Checks the answer and takes it apart. */
void Dht22::take() {
  const uint8_t sum = bytes[0] + bytes[1] + bytes[2] + bytes[3];
  good = edges == EDGES && sum == bytes[4];
  if (!good) return;
  humidityTenths = bytes[0] << 8 | bytes[1];
  temperatureTenths = (bytes[2] & 0x7F) << 8 | bytes[3];
  if (bytes[2] & 0x80) temperatureTenths = -temperatureTenths;
}
