#include "event.h"

namespace carter {

void Event::happened(uint8_t name) {
  count++;
  names = names << 4 | name;
  set(HAPPENED);
}

uint16_t Event::takeNext() {
  const uint16_t later = count - ++said;
  if (later > 3) said = count - 3;
  if (said == count) clear(HAPPENED);
  return said;
}

uint8_t Event::name() const {
  uint16_t name = names;
  for (uint8_t later = count - said; later > 0; later--) name >>= 4;
  return name & 15;
}

void Event::pass(bool greeted) {
  if (!greeted) clear(HAPPENED);
  if (!(flags & HAPPENED)) said = count;
}

}  // namespace carter
