#pragma once
#include <Arduino.h>

#include "core/declare.h"

/** A board. Declare it with CARTER_BOARD, before its points; there is one in a sketch. */
class CarterBoard : public carter::Board {
 public:
  explicit CarterBoard(const carter::BoardInfo* info) : Board(info) {}

  /** Puts all outputs to their safe values, opens the port, and starts to speak. Call it first in setup(). */
  template <class Port>
  void begin(Port& port, unsigned long baud = 115200) {
    speakThrough(port);
    Board::begin();
    port.begin(baud);
  }

  /** A line in the host's log, as `board.log(F("tank empty"))`; false where one is still to be said, or no host is there. */
  bool log(const __FlashStringHelper* text) { return Board::log(reinterpret_cast<const char*>(text)); }

 private:
  static void speakThrough(Stream& port);
};

/** `id` of the board as hosts know it, its name for people, and the version of the sketch. */
#define CARTER_BOARD(board, id, name, firmware)                                                            \
  static_assert(carter::isGoodId(id), "a board's id is a-z, 0-9 and _, at most 16 long, not reserved");    \
  static_assert(carter::widthOf(name) <= carter::MAX_NAME, "the board's name is too long");                \
  static_assert(carter::widthOf(firmware) <= carter::MAX_NAME, "the firmware's version is too long");      \
  static const char board##_id[] PROGMEM = id;                                                             \
  static const char board##_name[] PROGMEM = name;                                                         \
  static const char board##_firmware[] PROGMEM = firmware;                                                 \
  static const carter::BoardInfo board##_info PROGMEM = {{board##_id, board##_firmware, board##_name}};    \
  CarterBoard board(&board##_info)
