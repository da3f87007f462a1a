// A station of a model railway: two turnouts, two signals, three blocks that notice a train, and the power of the track.
#include <CarterBoard.h>

const uint8_t BLOCKS[] = {2, 3, 4};
const uint8_t WEST = 5, EAST = 6, POWER = 7;
const uint8_t ARRIVAL_RED = 8, ARRIVAL_GREEN = 9, DEPARTURE_RED = 10, DEPARTURE_GREEN = 11;
const unsigned long TURN_MS = 800;

unsigned long westStarted = 0, eastStarted = 0;

// Turnouts stay as they are when the host is gone: one that moves under a train is worse than one that stands wrong.
carter::Put turnWest(uint8_t thrown) {
  digitalWrite(WEST, thrown);
  westStarted = millis();
  return carter::Put::moving();
}

carter::Put turnEast(uint8_t thrown) {
  digitalWrite(EAST, thrown);
  eastStarted = millis();
  return carter::Put::moving();
}

void showArrival(uint8_t green) {
  digitalWrite(ARRIVAL_RED, !green);
  digitalWrite(ARRIVAL_GREEN, green);
}

void showDeparture(uint8_t green) {
  digitalWrite(DEPARTURE_RED, !green);
  digitalWrite(DEPARTURE_GREEN, green);
}

void setPower(bool on) {
  digitalWrite(POWER, on);
}

CARTER_BOARD(board, "station", "Station", "1.0.0");

CARTER_BOOLEAN_SENSOR(block1, "Block 1", interval(50));
CARTER_BOOLEAN_SENSOR(block2, "Block 2", interval(50));
CARTER_BOOLEAN_SENSOR(block3, "Block 3", interval(50));
CARTER_ENUM_OUTPUT(west, "Turnout west", "closed|thrown", turnWest);
CARTER_ENUM_OUTPUT(east, "Turnout east", "closed|thrown", turnEast);
CARTER_ENUM_OUTPUT(arrival, "Arrival signal", "red|green", showArrival, safe(0), lease(3000));
CARTER_ENUM_OUTPUT(departure, "Departure signal", "red|green", showDeparture, safe(0), lease(3000));
CARTER_BOOLEAN_OUTPUT(power, "Track power", setPower, lease(3000));

void setup() {
  board.begin(Serial);
  for (uint8_t pin : BLOCKS) pinMode(pin, INPUT_PULLUP);
  for (uint8_t pin = WEST; pin <= DEPARTURE_GREEN; pin++) pinMode(pin, OUTPUT);
}

// A train closes the contact of its block to ground.
bool isOccupied(uint8_t block) {
  return digitalRead(BLOCKS[block]) == LOW;
}

void loop() {
  board.loop();
  block1.set(isOccupied(0));
  block2.set(isOccupied(1));
  block3.set(isOccupied(2));
  if (west.isMoving() && millis() - westStarted >= TURN_MS) west.settled();
  if (east.isMoving() && millis() - eastStarted >= TURN_MS) east.settled();
}
