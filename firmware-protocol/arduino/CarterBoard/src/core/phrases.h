#pragma once
#include <stdint.h>

#include "answers.h"
#include "vocabulary.h"

namespace carter {

/** What a line is made of, in order: words of the vocabulary, and these. */
enum Part : uint8_t {
  /** The line ends. */
  END = WORDS,
  /** What comes next has this before it, in place of a space. */
  AFTER_NOTHING, AFTER_EQUALS,
  /** Of the board: its texts, in their order, and what it is now. */
  BOARD_ID, FIRMWARE, NAME,
  NONCE, BOOT, COUNT, FINGERPRINT,
  /** Of the point that the line is at: its texts and its numbers, in their order, and the rest. */
  POINT_ID, LABEL, UNIT,
  LOWEST, HIGHEST, STEP, SAFE,
  ROLE, TYPE, LEASE, OPTIONS, VALUE, NEXT_POINT, NEWS_ID, NEXT_NEWS, EVENT_COUNT, EVENT_NAME,
  /** Of the answer: its number, and the rest. */
  ANSWERED, STOP_RESULT, ACCEPTED, RESULT, IF_MOVING,
  /** Of the log. */
  LOG_TEXT, WHY,
  /** What was said so far is the manifest. */
  SUM,
};

/** Lines as lists of parts, in flash. */
extern const uint8_t HELLO_PHRASE[], POINT_PHRASE[], SUM_PHRASE[], READING_PHRASE[], EVENT_PHRASE[];
extern const uint8_t LOG_PHRASE[], WHY_PHRASE[];
const uint8_t* phraseOf(uint8_t kind);

}  // namespace carter
