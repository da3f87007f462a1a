#pragma once
#include <stdint.h>

namespace carter {

/** What the host asks for; `NONE`: nothing that there is. */
enum class Verb : uint8_t { HELLO, DESCRIBE, READING, SET, PULSE, ALIVE, STOP, LIMIT, NONE };

/** The words that a board says, in lists of at most eight: the list and the place in it make one number. */
enum Word : uint8_t {
  HELLO = 0, DESCRIBE = 1, READING = 2, ALIVE = 5, STOP = 6,
  EVENT = 8, ACK, NAK, LOG, OK, NO, POINTS,
  /** The results begin here, in the order of `Result`. */
  RESULTS = 16, DONE = 20, MOVING, NOTHING, UNKNOWN,
  INFO = 24, WARN, VERSION, BUFFER, COLON, COMMA,
  /** The roles and types begin here, in the order of `Role` and `Type`. */
  ROLES = 32, TYPES = 35,
  WORDS = 40,
};

/** A word of the protocol, in flash; it ends at `|` or at the end of the string. */
const char* wordOf(uint8_t word);
/** The verb that is spelt so. */
Verb verbOf(const char* word);

}  // namespace carter
