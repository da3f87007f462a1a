// The greenhouse, with each call of the library marked in GPIOR0: 1 begin(), 2 loop(). An emulator counts their cycles.
#include <CarterBoard.h>

class MarkedBoard : public CarterBoard {
 public:
  using CarterBoard::CarterBoard;

  void begin(HardwareSerial& port) {
    GPIOR0 = 1;
    CarterBoard::begin(port);
    GPIOR0 = 0;
  }

  void loop() {
    GPIOR0 = 2;
    CarterBoard::loop();
    GPIOR0 = 0;
  }
};

#define CarterBoard MarkedBoard
#include "../../../firmware-protocol/arduino/CarterBoard/examples/Greenhouse/Greenhouse.ino"
