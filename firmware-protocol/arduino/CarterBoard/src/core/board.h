#pragma once
#include <stdint.h>

#include "line-reader.h"
#include "remembered.h"
#include "speaker.h"

namespace carter {

/**
 * A board that speaks the protocol: obeys its host, keeps its outputs safe, and says what its points are. Each call does
 * a little and returns; nothing waits. It is a global object, which begins as zeros.
 */
class Board {
 public:
  explicit Board(const BoardInfo* info) : speaker(info) {}

  /** Puts all outputs to their safe values and starts to speak. Call it first in setup(). */
  void begin();
  /** Call it in loop(), as often as possible. */
  void loop();
  /** A line in the host's log. The text is in flash; false where the last one was not said yet, or no host is there. */
  bool log(const char* text) { return speaker.log(text); }
  /** Whether a host has said hello since the start. */
  bool hasHost() const { return speaker.hasHost(); }

 private:
  void restOne();
  void obey();
  bool isMeant();
  const Outcome* outcomeOf(const HostLine& line);
  CARTER_ONCE Result carryOut(const HostLine& line, Outcome& outcome);
  void sayAll();
  void mark(uint8_t what);
  void pass();

  /** The point that is put to rest next; null: none. */
  Point* resting;
  /** The point that is looked at next, and what was found due since the first. */
  Point* passing;
  uint8_t found;
  /** Counts calls. */
  uint8_t turn;
  /** When all values were said. */
  uint16_t readAt;
  /** When the host renewed the leases. */
  uint32_t aliveAt;
  Speaker speaker;
  LineReader reader;
  Remembered remembered;
};

}  // namespace carter
