#pragma once
#include <stdint.h>

#include "remembered.h"

namespace carter {

/** What is still to be answered. Where it is full the last one is left out, and the host asks again. */
class Answers {
 public:
  /** The verb that is answered, but for commands; with `FOR_PERSON` the same for people. */
  enum Kind : uint8_t { HELLO, DESCRIBE, READING, ACK, NAK, ALIVE, STOP, FOR_PERSON = 8 };

  struct Answer {
    uint8_t kind;
    /** Of a command its cid, of a description its index, of `alive` the lines that were dropped. */
    uint16_t number;
    /** Of a command. */
    const Outcome* outcome;
  };

  bool empty() const { return used == 0; }
  /** A new one, to be filled in. */
  Answer& add();
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
