// Four relays: a pump that may not run dry for long, a lamp, and a blind whose two directions exclude each other.
#include <CarterBoard.h>

const uint8_t PUMP = 4, LAMP = 5, UP = 6, DOWN = 7;

/** Most relay modules switch on when their input is LOW. For the others: HIGH. */
const uint8_t ON = LOW;

void setRelay(uint8_t pin, bool on) {
  digitalWrite(pin, on ? ON : !ON);
}

// They are called with `off` first, before the pins are outputs: so no relay clicks when the board starts.
void setPump(bool on) {
  setRelay(PUMP, on);
}
void setLamp(bool on) {
  setRelay(LAMP, on);
}
void setUp(bool on) {
  setRelay(UP, on);
}
void setDown(bool on) {
  setRelay(DOWN, on);
}

CARTER_BOARD(board, "relays", "Relay board", "1.0.0");

CARTER_BOOLEAN_OUTPUT(pump, "Pump", setPump, lease(3000), maxOn(600000), minOff(10000));
CARTER_BOOLEAN_OUTPUT(lamp, "Lamp", setLamp, lease(60000));
CARTER_BOOLEAN_OUTPUT(up, "Blind up", setUp, lease(3000), maxOn(40000), minOff(500), group(1));
CARTER_BOOLEAN_OUTPUT(down, "Blind down", setDown, lease(3000), maxOn(40000), minOff(500), group(1));

void setup() {
  board.begin(Serial);
  for (uint8_t pin = PUMP; pin <= DOWN; pin++) pinMode(pin, OUTPUT);
}

void loop() {
  board.loop();
}
