#include "answers.h"

#include "flash.h"

namespace carter {

CARTER_ONCE Answers::Answer& Answers::add(Kind kind) {
  if (used < ROOM) used++;
  Answer& last = waiting[used - 1];
  last.kind = kind;
  return last;
}

void Answers::remove() {
  used--;
  waiting[0] = waiting[1];
  waiting[1] = waiting[2];
}

}  // namespace carter
