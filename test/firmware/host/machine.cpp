#include "machine.h"

#include "core/boot-counter.h"
#include "core/machine.h"

namespace host {

std::string toBoard;
std::string fromBoard;
uint32_t now = 0;
uint8_t room = 63;

static size_t taken = 0;
static uint8_t memory[carter::BootCounter::BYTES] = {255, 255, 255, 255, 255, 255, 255, 255};

size_t pending() {
  return toBoard.size() - taken;
}

}  // namespace host

namespace carter {
namespace machine {

int16_t read() {
  if (host::taken == host::toBoard.size()) {
    host::toBoard.clear();
    host::taken = 0;
    return -1;
  }
  return static_cast<uint8_t>(host::toBoard[host::taken++]);
}

uint8_t room() {
  return host::room;
}

void write(uint8_t byte) {
  host::fromBoard += static_cast<char>(byte);
}

uint32_t millis() {
  return host::now;
}

uint8_t recall(uint8_t at) {
  return host::memory[at];
}

bool canStore() {
  return true;
}

void store(uint8_t at, uint8_t byte) {
  host::memory[at] = byte;
}

}  // namespace machine
}  // namespace carter
