#include "answers.h"

namespace carter {

Answers::Answer& Answers::add() {
  if (used < ROOM) used++;
  return waiting[used - 1];
}

void Answers::remove() {
  used--;
  waiting[0] = waiting[1];
  waiting[1] = waiting[2];
}

}  // namespace carter
