// Two turnouts of a model railway, with servos.
#include <CarterBoard.h>

#include "Turnout.h"

Turnout west(Turnout::A, 1250, 1750);
Turnout east(Turnout::B, 1250, 1750);

// Thrown is not arrived: until then the phone shows that nobody knows.
carter::Put throwWest(uint8_t way) {
  west.move(way);
  return carter::Put::moving();
}
carter::Put throwEast(uint8_t way) {
  east.move(way);
  return carter::Put::moving();
}

CARTER_BOARD(board, "yard", "Station yard", "1.0.0");

// No safe value: a turnout stays where it is, for there may be a train on it.
CARTER_ENUM_OUTPUT(turnout1, "Turnout west", "closed|thrown", throwWest);
CARTER_ENUM_OUTPUT(turnout2, "Turnout east", "closed|thrown", throwEast);

void setup() {
  board.begin(Serial);
  west.begin();
  east.begin();
  // Nobody knows where they stand until they were thrown once.
  turnout1.unknown();
  turnout2.unknown();
}

void loop() {
  board.loop();
  if (west.step()) turnout1.settled();
  if (east.step()) turnout2.settled();
}
