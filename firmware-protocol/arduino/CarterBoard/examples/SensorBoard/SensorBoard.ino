// Four things that people measure: climate by a DHT22, light by a voltage, motion by a level, water by pulses.
#include <CarterBoard.h>

#include "Dht22.h"

const uint8_t CLIMATE = 2, METER = 3, MOTION = 4, LIGHT = A0;
/** Pulses of the water meter for each litre. */
const unsigned long PULSES_PER_LITRE = 450;

CARTER_BOARD(board, "sensors", "Sensor board", "1.0.0");

CARTER_NUMBER_SENSOR(temp, "Temperature", "°C", decimals(1), range(-40, 80));
CARTER_NUMBER_SENSOR(hum, "Humidity", "%", decimals(1), range(0, 100));
CARTER_NUMBER_SENSOR(light, "Light", "%", range(0, 100), deadband(2), interval(200));
CARTER_BOOLEAN_SENSOR(motion, "Motion");
CARTER_NUMBER_SENSOR(water, "Water", "L", decimals(2), range(0, 9999999), interval(500));

Dht22 climate;
volatile unsigned long pulses = 0;

void countPulse() {
  pulses++;
}

void setup() {
  board.begin(Serial);
  climate.begin(CLIMATE);
  pinMode(METER, INPUT_PULLUP);
  pinMode(MOTION, INPUT);
  attachInterrupt(digitalPinToInterrupt(METER), countPulse, FALLING);
}

void readClimate() {
  if (!climate.step()) return;
  if (climate.isGood()) {
    temp.setUnits(climate.temperature());
    hum.setUnits(climate.humidity());
  } else {
    // Rather no value than an old one.
    temp.unknown();
    hum.unknown();
  }
}

void readRest() {
  static unsigned long readAt = 0;
  if (millis() - readAt < 20) return;
  readAt = millis();
  motion.set(digitalRead(MOTION) == HIGH);
  light.set(static_cast<int>(analogRead(LIGHT) * 100L / 1023));
  noInterrupts();
  const unsigned long counted = pulses;
  interrupts();
  water.setUnits(counted / PULSES_PER_LITRE * 100 + counted % PULSES_PER_LITRE * 100 / PULSES_PER_LITRE);
}

void loop() {
  board.loop();
  readClimate();
  readRest();
}
