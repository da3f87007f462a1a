// Says back every byte that it hears.
#include <Arduino.h>

void setup() { Serial.begin(115200); }

void loop() {
  while (Serial.available() > 0) Serial.write(Serial.read());
}
