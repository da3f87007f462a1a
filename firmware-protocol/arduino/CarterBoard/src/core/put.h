#pragma once
#include <stdint.h>

namespace carter {

/** What a handler says of an output: what became of the wish to put it to a value. */
class Put {
 public:
  /** It is what was wished. */
  static Put done() { return Put(DONE); }
  /** It is on its way, and the sketch will say when it has got there. */
  static Put moving() { return Put(MOVING); }
  /** It is this instead, in the output's smallest unit (375 is 37.5 with one decimal). */
  static Put to(int16_t value) {
    instead = value;
    return Put(TO);
  }
  /** It can't just now; nothing was changed. */
  static Put busy() { return Put(BUSY); }
  /** Another output or the board's own rules exclude it; nothing was changed. */
  static Put locked() { return Put(LOCKED); }

 private:
  friend class Output;
  enum Kind : uint8_t { DONE, MOVING, TO, BUSY, LOCKED };

  explicit Put(Kind kind) : kind(kind) {}

  Kind kind;
  /** Of the last `to`. It is read right after the handler has returned, so there is never another. */
  static int16_t instead;
};

}  // namespace carter
