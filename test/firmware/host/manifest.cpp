// The points of the protocol's vectors.
#include "core/declare.h"
#include "host.h"

namespace {

void setPump(bool on) {
  host::done("pump", on ? "1" : "0");
}
void setFan(float percent) {
  host::done("fan", std::to_string(percent));
}
carter::Put throwTurnout(uint8_t way) {
  host::done("turnout", std::to_string(way));
  return carter::Put::moving();
}
void setMode(uint8_t mode) {
  host::done("mode", std::to_string(mode));
}
void show(const char* text) {
  host::done("sign", text);
}

const carter::BoardInfo INFO = {{"uno", "1.0", "Test board"}};
carter::Board board(&INFO);

CARTER_NUMBER_SENSOR(temp, "Temperature", "°C", decimals(1), range(-40, 85), interval(0));
CARTER_BOOLEAN_SENSOR(door, "");
CARTER_EVENT(button, "Red button", "pressed|released");
CARTER_BOOLEAN_OUTPUT(pump, "Pump", setPump);
CARTER_NUMBER_OUTPUT(fan, "Fan", "%", setFan, decimals(1), range(0, 100), step(0.5));
CARTER_ENUM_OUTPUT(turnout, "", "closed|thrown", throwTurnout);
CARTER_ENUM_OUTPUT(mode, "Mode", "off|day time|-|?", setMode, safe(0), lease(10000));
CARTER_TEXT_OUTPUT(sign, "Sign", 16, show);

}  // namespace

void host::begin() {
  board.begin();
}

void host::loop() {
  board.loop();
}

void host::sense(const std::string& point, const std::string& value) {
  if (point == "temp") temp.set(std::stod(value));
  if (point == "door") door.set(value == "1");
  if (point == "button") button.happened(value == "released");
  if (point == "turnout") turnout.settled();
}
