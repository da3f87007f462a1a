// A greenhouse: temperature, humidity and light on analog pins, a button, a pump, a fan, and a vent that takes its time.
#include <CarterBoard.h>

const uint8_t BUTTON = 2, PUMP = 7, FAN = 9, VENT = 8;
const uint8_t LIGHT = A0, TEMP = A1, HUM = A2;
const unsigned long VENT_MS = 1500;

unsigned long ventStarted = 0;

// What the outputs do. They are called with the safe value first, before the pins are outputs: so nothing clicks.
void setPump(bool on) {
  digitalWrite(PUMP, on);
}

void setFan(int percent) {
  analogWrite(FAN, percent * 51 / 20);
}

carter::Put moveVent(uint8_t open) {
  digitalWrite(VENT, open);
  ventStarted = millis();
  return carter::Put::moving();
}

CARTER_BOARD(board, "greenhouse", "Greenhouse", "1.0.0");

CARTER_NUMBER_SENSOR(temp, "Temperature", "°C", decimals(1), range(-40, 125), deadband(0.3), interval(500));
CARTER_NUMBER_SENSOR(hum, "Humidity", "%", range(0, 100), deadband(2), interval(500));
CARTER_NUMBER_SENSOR(light, "Light", "%", range(0, 100), deadband(2), interval(200));
CARTER_EVENT(button, "Button", "pressed|released");
CARTER_BOOLEAN_OUTPUT(pump, "Pump", setPump, lease(3000));
CARTER_NUMBER_OUTPUT(fan, "Fan", "%", setFan, range(0, 100), step(5), lease(3000));
CARTER_ENUM_OUTPUT(vent, "Vent", "closed|open", moveVent, safe(0), lease(10000));

void setup() {
  board.begin(Serial);
  pinMode(PUMP, OUTPUT);
  pinMode(VENT, OUTPUT);
  pinMode(BUTTON, INPUT_PULLUP);
}

// A TMP36 says 0.5 V at 0 °C and 10 mV a degree: in tenths of a degree, with 5 V as 1024 steps.
int tenthsOfDegrees(int steps) {
  return steps * 5000L / 1024 - 500;
}

int percent(int steps) {
  return steps * 100L / 1023;
}

void readButton() {
  static bool wasDown = false;
  static unsigned long changedAt = 0;
  const bool down = digitalRead(BUTTON) == LOW;
  if (down == wasDown || millis() - changedAt < 20) return;
  wasDown = down;
  changedAt = millis();
  button.happened(down ? 0 : 1);
}

void readSensors() {
  static unsigned long readAt = 0;
  if (millis() - readAt < 50) return;
  readAt = millis();
  temp.setUnits(tenthsOfDegrees(analogRead(TEMP)));
  hum.set(percent(analogRead(HUM)));
  light.set(percent(analogRead(LIGHT)));
}

void loop() {
  board.loop();
  readButton();
  readSensors();
  if (vent.isMoving() && millis() - ventStarted >= VENT_MS) vent.settled();
}
