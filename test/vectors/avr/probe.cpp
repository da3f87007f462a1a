// Does one thing with the chip for each line it hears, and says what came of it.
#include <Arduino.h>
#include <avr/eeprom.h>
#include <avr/wdt.h>

static uint8_t cold[16] __attribute__((section(".noinit")));
static volatile uint16_t edges;
static uint8_t cause __attribute__((section(".noinit")));

// What made the chip start, before anything else clears it.
void keepCause() __attribute__((naked, used, section(".init3")));
void keepCause() {
  cause = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

static void count() { edges++; }

void setup() {
  Serial.begin(115200);
  Serial.print(F("ready "));
  Serial.println(cause);
}

static void readSensor(uint8_t pin) {
  uint8_t bytes[5] = {};
  pinMode(pin, OUTPUT);
  digitalWrite(pin, LOW);
  delay(2);
  pinMode(pin, INPUT_PULLUP);
  noInterrupts();
  bool answered = pulseIn(pin, HIGH, 1000) > 0;
  for (uint8_t bit = 0; answered && bit < 40; bit++) {
    unsigned long width = pulseIn(pin, HIGH, 1000);
    answered = width > 0;
    bytes[bit / 8] = (bytes[bit / 8] << 1) | (width > 50);
  }
  interrupts();
  if (!answered) Serial.print(F("nobody"));
  for (uint8_t n = 0; answered && n < 5; n++) { Serial.print(bytes[n]); Serial.print(' '); }
  Serial.println();
}

static void obey(char what, long a, long b) {
  switch (what) {
    case 'm': Serial.println(millis()); break;
    case 'u': Serial.println(micros()); break;
    case 'a': Serial.println(analogRead(a)); break;
    case 'w': pinMode(a, OUTPUT); analogWrite(a, b); Serial.println(F("ok")); break;
    case 'd': pinMode(a, OUTPUT); digitalWrite(a, b); Serial.println(F("ok")); break;
    case 'i': pinMode(a, b ? INPUT_PULLUP : INPUT); Serial.println(digitalRead(a)); break;
    case 'e': eeprom_write_byte((uint8_t *)(uint16_t)a, b); Serial.println(F("ok")); break;
    case 'r': Serial.println(eeprom_read_byte((uint8_t *)(uint16_t)a)); break;
    case 'n': for (uint8_t n : cold) { Serial.print(n); Serial.print(' '); } Serial.println(); break;
    case 'x': attachInterrupt(digitalPinToInterrupt(a), count, CHANGE); Serial.println(F("ok")); break;
    case 'c': Serial.println(edges); break;
    case 't': tone(a, b); Serial.println(F("ok")); break;
    // Hears nothing: interrupts are off.
    case 'o': noInterrupts(); for (long n = 0; n < a; n++) delayMicroseconds(1000); interrupts(); Serial.println(F("ok")); break;
    // Hears, but reads nothing.
    case 'z': delay(a); Serial.println(F("ok")); break;
    case 'k': wdt_enable(WDTO_15MS); for (;;) {}
    case 'p': Serial.println(pulseIn(a, HIGH, b)); break;
    // Reads a DHT22: humidity, temperature, checksum.
    case 'h': readSensor(a); break;
    // One pulse, as a servo wants it.
    case 's': pinMode(a, OUTPUT); digitalWrite(a, HIGH); delayMicroseconds(b); digitalWrite(a, LOW); Serial.println(F("ok")); break;
    // A marked call that takes so many microseconds, again and again.
    case 'g': for (long n = 0; n < b; n++) { GPIOR0 = 1; delayMicroseconds(a); GPIOR0 = 0; } Serial.println(F("ok")); break;
    default: Serial.println('?');
  }
}

void loop() {
  static char line[24];
  static uint8_t length;
  while (Serial.available() > 0) {
    char c = Serial.read();
    if (c != '\n') {
      if (length < sizeof line - 1) line[length++] = c;
      continue;
    }
    line[length] = 0;
    length = 0;
    char *rest = line + 1;
    long a = strtol(rest, &rest, 10);
    obey(line[0], a, strtol(rest, nullptr, 10));
  }
}
