// Points for noisy lines: a text that gives itself away when it is damaged, and two outputs.
#include "core/declare.h"
#include "host.h"

namespace {

void setPump(bool on) {
  host::done("pump", on ? "true" : "false");
}
void setFan(int value) {
  host::done("fan", std::to_string(value));
}

const carter::BoardInfo INFO = {{"noise", "1.0", "Noise"}};
carter::Board board(&INFO);

CARTER_TEXT_SENSOR(said, "", 32, interval(0));
CARTER_BOOLEAN_OUTPUT(pump, "", setPump, lease(0));
CARTER_NUMBER_OUTPUT(fan, "", "", setFan, range(0, 999), lease(0));

}  // namespace

void host::begin() {
  board.begin();
}

void host::loop() {
  board.loop();
}

void host::sense(const std::string&, const std::string& value) {
  said.set(value.c_str());
}
