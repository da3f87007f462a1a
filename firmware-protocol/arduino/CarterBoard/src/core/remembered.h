#pragma once
#include <stdint.h>

#include "limits.h"
#include "output.h"
#include "result.h"

namespace carter {

/** What became of a command. */
struct Outcome {
  uint16_t cid;
  /** The output; null where there is none of that name. */
  Output* output;
  Result result;
  /** What was accepted, or `NO_VALUE`. */
  int16_t value;

  static constexpr int16_t NO_VALUE = -32768;
};

/** The outcomes of the last eight commands, so that a repetition does no harm. */
class Remembered {
 public:
  /** The outcome of this command; null where it is not remembered. */
  const Outcome* find(uint16_t cid) const;
  /** The place of the oldest, which is forgotten. */
  Outcome* next();
  void forget() { used = 0; }

 private:
  Outcome places[REMEMBERED];
  uint8_t used;
  uint8_t oldest;
};

}  // namespace carter
