#include "phrases.h"

#include "flash.h"

namespace carter {

const uint8_t HELLO_PHRASE[] CARTER_FLASH = {HELLO,  NONCE,    VERSION,  BOOT, COUNT, FINGERPRINT,
                                             BUFFER, BOARD_ID, FIRMWARE, NAME, END};
const uint8_t POINT_PHRASE[] CARTER_FLASH = {AFTER_NOTHING, POINT_ID, ROLE, TYPE,  LABEL,   UNIT,      LOWEST,
                                             HIGHEST,       STEP,     SAFE, LEASE, OPTIONS, NEXT_POINT};
const uint8_t SUM_PHRASE[] CARTER_FLASH = {SUM};
const uint8_t READING_PHRASE[] CARTER_FLASH = {READING, NEWS_ID, AFTER_EQUALS, VALUE, NEXT_NEWS, END};
const uint8_t EVENT_PHRASE[] CARTER_FLASH = {EVENT, POINT_ID, EVENT_COUNT, EVENT_NAME, END};
const uint8_t LOG_PHRASE[] CARTER_FLASH = {LOG, INFO, LOG_TEXT, END};
const uint8_t WHY_PHRASE[] CARTER_FLASH = {LOG, WARN, POINT_ID, AFTER_NOTHING, WHY, END};

static const uint8_t ALIVE_PHRASE[] CARTER_FLASH = {ALIVE, ANSWERED, END};
static const uint8_t DESCRIBE_PHRASE[] CARTER_FLASH = {DESCRIBE, ANSWERED, POINT_ID, ROLE, TYPE,  LABEL,   UNIT,
                                                       LOWEST,   HIGHEST,  STEP,     SAFE, LEASE, OPTIONS, END};
static const uint8_t STOP_PHRASE[] CARTER_FLASH = {ACK, ANSWERED, NOTHING, STOP_RESULT, END};
static const uint8_t ACK_PHRASE[] CARTER_FLASH = {ACK, ANSWERED, ACCEPTED, RESULT, END};
static const uint8_t NAK_PHRASE[] CARTER_FLASH = {NAK, ANSWERED, RESULT, END};

static const uint8_t PERSON_ALIVE_PHRASE[] CARTER_FLASH = {OK, END};
static const uint8_t PERSON_STOP_PHRASE[] CARTER_FLASH = {OK, STOP, END};
static const uint8_t PERSON_ACK_PHRASE[] CARTER_FLASH = {OK, POINT_ID, AFTER_EQUALS, ACCEPTED, IF_MOVING, END};
static const uint8_t PERSON_NAK_PHRASE[] CARTER_FLASH = {NO, RESULT, END};
static const uint8_t PERSON_HELLO_PHRASE[] CARTER_FLASH = {
    BOARD_ID, AFTER_NOTHING, COLON, NAME, FIRMWARE, AFTER_NOTHING, COMMA, COUNT, POINTS, END};
static const uint8_t PERSON_READING_PHRASE[] CARTER_FLASH = {AFTER_NOTHING, POINT_ID, AFTER_EQUALS, VALUE, NEXT_POINT};

/** In the order of the kinds; hello and reading have their own ways for programs. */
static const uint8_t* const PHRASES[] CARTER_FLASH = {
    nullptr,             DESCRIBE_PHRASE, nullptr,               ACK_PHRASE,
    NAK_PHRASE,          ALIVE_PHRASE,    STOP_PHRASE,           nullptr,
    PERSON_HELLO_PHRASE, POINT_PHRASE,    PERSON_READING_PHRASE, PERSON_ACK_PHRASE,
    PERSON_NAK_PHRASE,   PERSON_ALIVE_PHRASE, PERSON_STOP_PHRASE,
};

const uint8_t* phraseOf(uint8_t kind) {
  return flash(PHRASES[kind]);
}

}  // namespace carter
