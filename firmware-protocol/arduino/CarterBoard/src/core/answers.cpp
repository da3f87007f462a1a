#include "answers.h"

namespace carter {

void Answers::add(const Answer& answer) {
  if (used < ROOM) used++;
  waiting[used - 1] = answer;
}

void Answers::remove() {
  used--;
  waiting[0] = waiting[1];
  waiting[1] = waiting[2];
}

}  // namespace carter
