#include "CarterBoard.h"

#include <avr/eeprom.h>

#include "core/machine.h"

/** The last bytes of the EEPROM: sketches that use it begin with the first ones. */
static uint8_t* const MEMORY = reinterpret_cast<uint8_t*>(E2END + 1 - carter::BootCounter::BYTES);

static Stream* serial = nullptr;

void CarterBoard::speakThrough(Stream& port) {
  serial = &port;
}

namespace carter {
namespace machine {

int16_t read() {
  return serial->read();
}

uint8_t room() {
  return static_cast<uint8_t>(serial->availableForWrite());
}

void write(uint8_t byte) {
  serial->write(byte);
}

uint32_t millis() {
  return ::millis();
}

uint8_t recall(uint8_t at) {
  return eeprom_read_byte(MEMORY + at);
}

bool canStore() {
  return eeprom_is_ready();
}

void store(uint8_t at, uint8_t byte) {
  eeprom_write_byte(MEMORY + at, byte);
}

}  // namespace machine
}  // namespace carter
