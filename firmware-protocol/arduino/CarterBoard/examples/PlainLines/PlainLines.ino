// No library at all: a sketch that prints its values, for the driver `lines`. It obeys `led on` and `led off`.

const uint8_t LED = LED_BUILTIN, LIGHT = A0, BUTTON = 2;
const unsigned long EVERY_MS = 500;
/** Nobody tells such a sketch that its host is gone: it looks after itself. */
const unsigned long LED_MS = 60000;

unsigned long litAt = 0;

void report() {
  Serial.print("light=");
  Serial.print(analogRead(LIGHT) * 100L / 1023);
  Serial.print(" button=");
  Serial.print(digitalRead(BUTTON) == LOW ? "on" : "off");
  Serial.print(" led=");
  Serial.println(digitalRead(LED) ? "on" : "off");
}

void obey(const char* line) {
  if (strcmp(line, "led on") == 0) {
    digitalWrite(LED, HIGH);
    litAt = millis();
  } else if (strcmp(line, "led off") == 0) {
    digitalWrite(LED, LOW);
  } else {
    return;
  }
  // What it is now is said right away: that is how the bridge knows that it was done.
  report();
}

void listen() {
  static char line[16];
  static uint8_t length = 0;
  while (Serial.available() > 0) {
    const char c = Serial.read();
    if (c == '\r') continue;
    if (c != '\n') {
      // A line that is too long is none.
      if (length < sizeof line) line[length++] = c;
      continue;
    }
    if (length < sizeof line) {
      line[length] = '\0';
      obey(line);
    }
    length = 0;
  }
}

void setup() {
  Serial.begin(115200);
  pinMode(LED, OUTPUT);
  pinMode(BUTTON, INPUT_PULLUP);
  Serial.println("PlainLines v1");
}

void loop() {
  static unsigned long saidAt = 0;
  listen();
  if (digitalRead(LED) && millis() - litAt >= LED_MS) digitalWrite(LED, LOW);
  if (millis() - saidAt < EVERY_MS) return;
  saidAt = millis();
  report();
}
