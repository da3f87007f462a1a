#pragma once
#include <stdint.h>

#include "remembered.h"

namespace carter {

/** What is still to be answered. Where it is full the answer is left out, and the host asks again. */
class Answers {
 public:
  /** In the order of the phrases in phrases.cpp: first those for programs, then the same ones for people. */
  enum Kind : uint8_t { ALIVE, DESCRIBE, STOP, ACK, NAK, FOR_PERSON, HELLO = 10, READING };

  struct Answer {
    Kind kind;
    union {
      /** Index of the point that is described. */
      uint8_t index;
      /** Of a stop. */
      uint16_t cid;
      /** Of another command. */
      const Outcome* outcome;
    };

    bool isForPerson() const { return kind >= FOR_PERSON; }
  };

  bool empty() const { return used == 0; }
  /** A new one, to be filled in; where there is no room it takes the place of the last. */
  Answer& add(Kind kind);
  const Answer& first() const { return waiting[0]; }
  void remove();
  void clear() { used = 0; }

 private:
  /** A host has one line unanswered, and a stop; people type slowly. */
  static constexpr uint8_t ROOM = 3;

  Answer waiting[ROOM];
  uint8_t used;
};

}  // namespace carter
