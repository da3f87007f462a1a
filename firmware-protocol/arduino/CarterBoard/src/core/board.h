#pragma once
#include <stdint.h>

#include "host-line.h"
#include "line-reader.h"
#include "speaker.h"
#include "state.h"

namespace carter {

/**
 * A board that speaks the protocol: obeys its host, keeps its outputs safe, and says what its points are. Each call does
 * a little and returns; nothing waits.
 */
class Board {
 public:
  explicit Board(const BoardInfo* info) : speaker(&state) { state.info = info; }

  /** Puts all outputs to their safe values and starts to speak. Call it first in setup(). */
  void begin();
  /** Call it in loop(), as often as possible. */
  CARTER_ONCE void loop();
  /** A line in the host's log. The text is in flash; false where the last one was not said yet, or no host is there. */
  bool log(const char* text) { return speaker.log(text); }
  /** Whether a host has said hello since the start. */
  bool hasHost() const { return state.greeted; }


 private:
  bool work();
  void listen();
  CARTER_ONCE void obey(const HostLine& line);
  void obeyPerson(const HostLine& line);
  void answer(const Outcome* outcome, uint8_t whom);
  void startSession(uint32_t nonce);
  void restOne();
  CARTER_ONCE const Outcome* execute(const HostLine& line);
  CARTER_ONCE Result carryOut(const HostLine& line, Output& output);
  void sayAll();
  void mark(uint8_t what);
  bool pass();

  State state;
  /** The point that is put to rest next; null: none. */
  Point* resting;
  /** The point that is looked at next, how many are in this call, and what was found due since the first. */
  Point* passing;
  uint8_t left;
  uint8_t found;
  uint8_t turn;
  bool spokenTo;
  /** The line that is obeyed next, where it was taken apart already. */
  bool parsed;
  HostLine line;
  /** When all values were said. */
  uint16_t readAt;
  Speaker speaker;
  LineReader reader;
};

}  // namespace carter
