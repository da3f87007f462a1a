// A sketch that only uses Serial: what the library's own cost is measured against.
void setup() {
  Serial.begin(115200);
}

void loop() {
  static unsigned long saidAt = 0;
  if (Serial.available()) Serial.write(Serial.read());
  if (millis() - saidAt < 1000) return;
  saidAt = millis();
  Serial.println(saidAt);
}
