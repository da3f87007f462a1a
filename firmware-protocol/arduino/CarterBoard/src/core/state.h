#pragma once
#include <stdint.h>

#include "boot-counter.h"
#include "event.h"
#include "point.h"
#include "remembered.h"

namespace carter {

/** What a board knows of itself; its parts share it. It begins as zeros, as a global object does. */
struct State {
  const BoardInfo* info;
  /** When the host renewed the leases, in ms. */
  uint32_t aliveAt;
  /** Whether a host has said hello since the start, and its nonce. */
  bool greeted;
  uint32_t session;
  /** Lines that could not be used. */
  uint16_t dropped;
  BootCounter boots;
  Remembered remembered;
};

}  // namespace carter
