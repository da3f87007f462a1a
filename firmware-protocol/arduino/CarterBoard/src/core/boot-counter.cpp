#include "boot-counter.h"

#include "machine.h"

namespace carter {

void BootCounter::recall() {
  Copy copies[2];
  for (uint8_t i = 0; i < BYTES; i++) reinterpret_cast<uint8_t*>(copies)[i] = machine::recall(i);
  const uint16_t first = copies[0].number;
  const uint16_t second = copies[1].number;
  uint16_t last = second;
  if (first == copies[0].again && (second != copies[1].again || static_cast<int16_t>(first - second) > 0)) {
    last = first;
    // The new number takes the place of the older one, or of the one that is damaged.
    base = sizeof(Copy);
  }
  if (++last == 0) last = 1;
  copy.number = copy.again = last;
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
