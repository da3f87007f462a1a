#include "event.h"

namespace carter {

void Event::happened(uint8_t name) {
  count++;
  names = names << 4 | name;
  set(HAPPENED);
}

uint8_t Event::takeNext() {
  uint16_t later = count - ++said;
  if (later > 3) {
    later = 3;
    said = count - 3;
  }
  if (later == 0) clear(HAPPENED);
  uint16_t name = names;
  while (later-- > 0) name >>= 4;
  return name & 15;
}

void Event::pass(bool greeted) {
  if (!greeted) clear(HAPPENED);
  if (!(flags & HAPPENED)) said = count;
}

}  // namespace carter
