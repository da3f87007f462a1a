#include "boot-counter.h"

#include "machine.h"

namespace carter {

static constexpr uint16_t KEY = 0xA55A;

void BootCounter::recall() {
  uint16_t last = 0;
  for (uint8_t at = 0; at < BYTES; at += sizeof(Copy)) {
    for (uint8_t i = 0; i < sizeof(Copy); i++) reinterpret_cast<uint8_t*>(&copy)[i] = machine::recall(at + i);
    const uint16_t number = copy.number;
    if (number == 0 || (number ^ KEY) != copy.check) continue;
    if (last != 0 && static_cast<int16_t>(number - last) < 0) continue;
    last = number;
    // The new number takes the place of the older one, or of the one that is damaged.
    base = sizeof(Copy) - at;
  }
  if (++last == 0) last = 1;
  copy.number = last;
  copy.check = last ^ KEY;
}

void BootCounter::step() {
  if (done() || !machine::canStore()) return;
  if (steps == 0) {
    recall();
  } else {
    const uint8_t index = steps - 1;
    machine::store(base + index, reinterpret_cast<const uint8_t*>(&copy)[index]);
  }
  steps++;
}

}  // namespace carter
