// Eight points of the usual kinds that do nothing: the library's own cost is this sketch's, less that of bare.ino.
#include <CarterBoard.h>

void onSwitch(bool) {}
void onNumber(int) {}
carter::Put onWord(uint8_t) {
  return carter::Put::moving();
}

CARTER_BOARD(board, "cost", "Cost", "1.0");

CARTER_NUMBER_SENSOR(temp, "Temperature", "°C", decimals(1), range(-40, 125), deadband(0.3), interval(500));
CARTER_NUMBER_SENSOR(hum, "Humidity", "%", range(0, 100));
CARTER_BOOLEAN_SENSOR(door, "Door");
CARTER_EVENT(button, "Button", "pressed|released");
CARTER_BOOLEAN_OUTPUT(pump, "Pump", onSwitch);
CARTER_BOOLEAN_OUTPUT(lamp, "Lamp", onSwitch);
CARTER_NUMBER_OUTPUT(fan, "Fan", "%", onNumber, range(0, 100), step(5));
CARTER_ENUM_OUTPUT(vent, "Vent", "closed|open", onWord, safe(0), lease(10000));

void setup() {
  board.begin(Serial);
}

void loop() {
  board.loop();
  temp.setUnits(millis());
  hum.setUnits(1);
  door.set(true);
  button.happened();
  vent.settled();
}
